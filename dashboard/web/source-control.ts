import { FAULT_KINDS } from "#contract/reasons.ts";
import { type Actions, failureInWords } from "./actions.ts";
import { element, setAttribute, setText } from "./element.ts";
import { createFaultsDialog } from "./faults-dialog.ts";
import type { SourceControl } from "./feed-format.ts";
import { count, percent, rate } from "./formats.ts";
import { rateAt, STEPS, stepOf } from "./rate-scale.ts";
import type { NamedSource } from "./sources.ts";

/** How long a message stays. */
const MESSAGE_MS = 8_000;

/** Rate, one transaction, faults of one source. */
export interface SourceControls {
  readonly root: HTMLElement;
  draw(control: SourceControl): void;
}

/** Makes the controls of a source. */
export function createSourceControls(source: NamedSource, actions: Actions): SourceControls {
  let control: SourceControl | undefined;
  let messageTimer: ReturnType<typeof setTimeout> | undefined;
  const { id, title } = source;
  const slider = element("input", { type: "range", min: "0", max: String(STEPS), "aria-label": `Rate of ${title}` });
  const field = element("input", {
    type: "number",
    min: "0",
    step: "any",
    "aria-label": `Rate of ${title}, transactions per second`,
  });
  const sendOne = element("button", { type: "button", title: `Sends one transaction from ${title}` }, "Send one");
  const faults = element("button", { type: "button", "aria-haspopup": "dialog" }, "Faults: off");
  const status = element("output", { class: "muted" });
  const openFaults = createFaultsDialog(source, actions);

  const most = (): number => control?.maxPerSecond ?? 100_000;
  const say = (text: string): void => {
    setText(status, text);
    clearTimeout(messageTimer);
    messageTimer = setTimeout(() => setText(status, ""), MESSAGE_MS);
  };
  const attempt = async (work: () => Promise<string>): Promise<void> => {
    try {
      say(await work());
    } catch (error) {
      say(failureInWords(error));
    }
  };
  const setRate = (perSecond: number): void => {
    slider.value = String(stepOf(perSecond, most()));
    field.value = String(perSecond);
    void attempt(async () => {
      await actions.setRate(id, perSecond);
      return perSecond === 0 ? "✓ paused: sends only on request" : `✓ ${rate(perSecond)} per second from now on`;
    });
  };
  slider.addEventListener("input", () => {
    field.value = String(rateAt(Number(slider.value), most()));
    slider.setAttribute("aria-valuetext", `${field.value} per second`);
  });
  slider.addEventListener("change", () => setRate(rateAt(Number(slider.value), most())));
  field.addEventListener("change", () => {
    if (field.value !== "" && field.validity.valid) setRate(Number(field.value));
  });
  sendOne.addEventListener("click", () => {
    sendOne.disabled = true;
    void attempt(async () => {
      const { delivery } = await actions.sendOne(id);
      return `✓ in Kafka: partition ${delivery.partition}, offset ${count(delivery.offset)}`;
    }).then(() => {
      sendOne.disabled = false;
    });
  });
  faults.addEventListener("click", () => control && openFaults(control));

  const rateRow = element("div", { class: "rate" }, slider, element("span", { class: "nowrap" }, field, " /s"));
  const root = element(
    "div",
    { class: "controls" },
    rateRow,
    element("div", { class: "buttons" }, sendOne, faults),
    status,
  );
  return {
    root,
    draw: (next) => {
      const isNew = control?.perSecond !== next.perSecond;
      control = next;
      const isBusy = document.activeElement === field || document.activeElement === slider;
      slider.disabled = field.disabled = next.perSecond === null;
      faults.disabled = next.faults === null;
      if (isNew && !isBusy && next.perSecond !== null) {
        // A rate on its way up or down has more digits than anybody would have typed.
        field.value = String(next.perSecond < 10 ? Number(next.perSecond.toPrecision(3)) : Math.round(next.perSecond));
        slider.value = String(stepOf(next.perSecond, most()));
        slider.setAttribute("aria-valuetext", `${field.value} per second`);
      }
      const on = FAULT_KINDS.filter((kind) => (next.faults?.[kind] ?? 0) > 0);
      const words = on.map((kind) => `${kind} ${percent(next.faults?.[kind] ?? 0)}`);
      setText(
        faults,
        on.length === 0 ? "Faults: off" : `${on.length} ${on.length === 1 ? "kind" : "kinds"} of faults on purpose`,
      );
      setAttribute(faults, "title", on.length === 0 ? "Makes the source misbehave on purpose" : words.join(", "));
      faults.classList.toggle("warn", on.length > 0);
    },
  };
}
