import type { Actions } from "./actions.ts";
import { element, setAttribute, setText } from "./element.ts";
import type { Part, PartState } from "./feed-format.ts";
import { count, duration, rate, shortCount, UNKNOWN } from "./formats.ts";
import type { Frame } from "./frame.ts";
import { reasonInWords, stateInWords } from "./part-words.ts";
import { lagOf, storedPerSecond } from "./rates.ts";
import { createSourceControls } from "./source-control.ts";
import { SOURCES } from "./sources.ts";
import { overSources } from "./totals.ts";

/** Draws what flows where. @param nowMs - the server's time */
export type DrawPipeline = (frame: Frame, nowMs: number) => void;

/** Makes the picture of the pipeline: its parts, what flows between them now, and the controls of the sources. */
export function createPipeline(target: HTMLElement, actions: Actions): DrawPipeline {
  const sources = SOURCES.map((source) => {
    const controls = createSourceControls(source, actions);
    const node = createNode(source.id, source.title, "source", source.id);
    node.root.append(controls.root);
    return { source, controls, node, edge: createEdge(`from ${source.title} to Kafka`) };
  });
  const kafka = createNode("kafka", "Kafka", "topics");
  const toConsumer = createEdge("from Kafka to the consumer");
  const consumer = createNode("consumer", "Consumer", "exactly once");
  const toMongo = createEdge("from the consumer to MongoDB");
  const mongodb = createNode("mongodb", "MongoDB", "transactions");
  for (const placeholder of target.querySelectorAll(".node")) placeholder.remove();
  target.append(
    ...sources.flatMap(({ node, edge }) => [node.root, edge.root]),
    ...[kafka.root, toConsumer.root, consumer.root, toMongo.root, mongodb.root],
  );
  return (frame, nowMs) => {
    const { tick, slow, ring, newest, totals } = frame;
    if (tick === undefined) return;
    const states = new Map(slow.parts.map((state) => [state.part, state]));
    const isUp = (...parts: Part[]): boolean => parts.every((part) => states.get(part)?.state !== "down");
    const lines = tick.ledger;
    for (const { source, controls, node, edge } of sources) {
      const control = slow.controls.find((one) => one.source === source.id);
      if (control) controls.draw(control);
      node.draw(states.get(source.id), nowMs, []);
      edge.draw(isUp(source.id, "kafka") ? ring.produced(source.id, newest) : null, isUp(source.id, "kafka"), "");
    }
    // Nothing is known before the ledger or Kafka has answered once: no number then, rather than a zero.
    const facts = (known: readonly Fact[]): readonly Fact[] => (lines.length === 0 ? [] : known);
    const topics = SOURCES.map(({ id }) => {
      const own = lines.filter((line) => line.source === id);
      const records = own.reduce((sum, line) => sum + (line.endOffset ?? line.nextOffset) - line.firstOffset, 0);
      return [count(records), `in ${own[0]?.topic ?? "…"}, ${own.length} partitions`] as const;
    });
    kafka.draw(states.get("kafka"), nowMs, facts(topics));
    const lag = lagOf(lines);
    const stored = storedPerSecond(frame);
    toConsumer.draw(
      stored,
      isUp("kafka", "consumer"),
      lag === null ? "" : `${lag < 10_000 ? count(lag) : shortCount(lag)} waiting`,
    );
    const duplicates = overSources(totals, (sums) => sums.duplicates);
    const letters = overSources(totals, (sums) => sums.deadLettered);
    const left: readonly Fact[] = [
      [count(duplicates), "duplicates left out"],
      [count(letters), "dead letters set aside"],
    ];
    consumer.draw(states.get("consumer"), nowMs, facts(left));
    const p95 = ring.percentile("p95", newest);
    toMongo.draw(stored, isUp("consumer", "mongodb"), p95 === null ? "" : `p95 ${duration(p95)}`);
    const all = count(overSources(totals, (sums) => sums.stored));
    mongodb.draw(states.get("mongodb"), nowMs, facts([[all, "transactions stored"]]));
  };
}

/** A number and what it counts. */
type Fact = readonly [value: string, meaning: string];

interface PictureNode {
  readonly root: HTMLElement;
  draw(state: PartState | undefined, nowMs: number, facts: readonly Fact[]): void;
}

function createNode(part: Part, title: string, kind: string, mark?: string): PictureNode {
  const word = element("span", { class: "state" });
  const facts = element("ul", { class: "facts" });
  const reason = element("p", { class: "reason" });
  const name = element("h3", {}, ...(mark ? [element("i", { class: `mark ${mark}` })] : []), title);
  const head = element("header", {}, name, word);
  const root = element(
    "div",
    { class: `node ${part} ${kind}`, role: "group", "aria-label": title },
    head,
    facts,
    reason,
  );
  return {
    root,
    draw: (state, nowMs, next) => {
      setAttribute(root, "data-state", state?.state ?? "unknown");
      setText(word, state === undefined ? UNKNOWN : stateInWords(state, nowMs));
      setText(reason, state === undefined || state.state === "up" ? "" : reasonInWords(state.reason));
      while (facts.children.length < next.length) facts.append(element("li", {}, element("b"), " ", element("span")));
      while (facts.children.length > next.length) facts.lastElementChild?.remove();
      for (const [index, fact] of next.entries()) {
        for (const [part, text] of fact.entries()) {
          const place = facts.children[index]?.children[part];
          if (place) setText(place, text);
        }
      }
    },
  };
}

interface Edge {
  readonly root: HTMLElement;
  draw(perSecond: number | null, isOpen: boolean, note: string): void;
}

function createEdge(way: string): Edge {
  const value = element("b");
  const note = element("small");
  const hidden = element("span", { class: "hidden" }, ` per second ${way}`);
  const number = element(
    "span",
    { class: "flow-rate" },
    value,
    element("span", { "aria-hidden": "true" }, " /s"),
    hidden,
  );
  const root = element(
    "div",
    { class: "edge" },
    number,
    element("span", { class: "arrow", "aria-hidden": "true" }),
    note,
  );
  return {
    root,
    draw: (perSecond, isOpen, text) => {
      setText(value, rate(perSecond));
      setText(note, text);
      setAttribute(root, "data-flow", isOpen ? (perSecond ? "flows" : "still") : "broken");
    },
  };
}
