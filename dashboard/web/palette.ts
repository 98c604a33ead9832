const known = new Map<string, string>();
const probe = document.createElement("i");

/** A colour variable of the style sheet, such as `--faker`, as a canvas takes it. */
export function color(variable: string): string {
  let value = known.get(variable);
  if (value === undefined) {
    // A variable's own value may be a function such as light-dark(): only a property that uses it is a colour.
    if (!probe.isConnected) {
      probe.hidden = true;
      document.body.append(probe);
    }
    probe.style.color = `var(${variable})`;
    value = getComputedStyle(probe).color;
    known.set(variable, value);
  }
  return value;
}

/** To be called when the theme has changed. */
export function forgetColors(): void {
  known.clear();
}
