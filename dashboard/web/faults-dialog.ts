import { FAULT_KINDS, type FaultKind, type FaultShares } from "#contract/reasons.ts";
import { type Actions, failureInWords } from "./actions.ts";
import { createDialog } from "./dialog.ts";
import { element, setText } from "./element.ts";
import type { SourceControl } from "./feed-format.ts";
import type { NamedSource } from "./sources.ts";

const MEANINGS: Readonly<Record<FaultKind, string>> = {
  duplicate: "the record is sent again",
  late: "its time is minutes in the past, out of order",
  malformed: "a value that is no transaction",
  conflict: "a second one, same id, other content",
  oversize: "larger than MongoDB takes",
};
/** What a switch turns on, in percent. */
const USUAL_PERCENT: Readonly<Record<FaultKind, number>> = {
  duplicate: 1,
  late: 1,
  malformed: 0.1,
  conflict: 0.1,
  oversize: 0.01,
};

/** Makes the switches for faults on purpose of one source. @returns what opens them */
export function createFaultsDialog(source: NamedSource, actions: Actions): (control: SourceControl) => void {
  const rows = FAULT_KINDS.map((kind) => createRow(source, kind));
  const status = element("p", { role: "status" });
  const submit = element("button", { type: "submit", class: "primary" }, "Set");
  const allOff = element("button", { type: "button" }, "All off");
  const introduction = "Makes the source misbehave at these shares. It is real: the records go to Kafka.";
  const form = element(
    "form",
    {},
    element("p", { class: "muted" }, introduction),
    ...rows.map(({ root }) => root),
    element("div", { class: "buttons" }, submit, allOff),
    status,
  );
  const dialog = createDialog(`faults-${source.id}`, `Faults on purpose: ${source.title}`, form);
  const send = async (): Promise<void> => {
    const shares = Object.fromEntries(FAULT_KINDS.map((kind, index) => [kind, rows[index]?.share ?? 0])) as FaultShares;
    try {
      await actions.setFaults(source.id, shares);
      setText(status, rows.some(({ share }) => share > 0) ? "✓ They are on." : "✓ They are off.");
    } catch (error) {
      setText(status, failureInWords(error));
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });
  allOff.addEventListener("click", () => {
    for (const row of rows) row.show(0);
    void send();
  });
  return ({ faults }) => {
    setText(status, faults === null ? `${source.title} does not answer: its faults are not known.` : "");
    for (const [index, kind] of FAULT_KINDS.entries()) rows[index]?.show(faults?.[kind] ?? 0);
    dialog.open();
  };
}

interface Row {
  readonly root: HTMLElement;
  readonly share: number;
  show(share: number): void;
}

function createRow(source: NamedSource, kind: FaultKind): Row {
  const id = `fault-${source.id}-${kind}`;
  const isOn = element("input", { type: "checkbox", role: "switch", id });
  const percent = element("input", {
    type: "number",
    min: "0",
    max: "100",
    step: "any",
    "aria-label": `${kind}, percent of transactions`,
  });
  isOn.addEventListener("change", () => {
    percent.disabled = !isOn.checked;
    if (isOn.checked && Number(percent.value) === 0) percent.value = String(USUAL_PERCENT[kind]);
  });
  const label = element("label", { for: id }, element("b", {}, kind), ` ${MEANINGS[kind]}`);
  return {
    root: element("div", { class: "fault" }, isOn, label, element("span", { class: "nowrap" }, percent, " %")),
    get share() {
      return isOn.checked ? Number(percent.value) / 100 : 0;
    },
    show: (share) => {
      isOn.checked = share > 0;
      percent.disabled = share === 0;
      // Without the noise of binary fractions: 0.07 * 100 is 7.000000000000001.
      percent.value = String(Number((share * 100).toPrecision(6)));
    },
  };
}
