// Part of the page itself, since it is to be there when other files are not, and before the first paint: a page in the
// chosen theme must not flash in the other.
try {
  const theme = localStorage.getItem("transactions.theme");
  // What is no theme changes nothing.
  if (theme) document.documentElement.dataset["theme"] = JSON.parse(theme) as string;
} catch {
  // No storage: the system's theme.
}

// Chromium drops requests under way when the machine's networks change, as they do while containers start; and a server
// that was replaced meanwhile has other files. Without all of its files the page never begins.
addEventListener(
  "error",
  ({ target }) => {
    const { src, rel } = target as HTMLScriptElement & HTMLLinkElement;
    if (src || rel === "stylesheet") setTimeout(() => location.reload(), 1_000);
  },
  true,
);

// A browser needs 20 ms for its first format, which it has while the page's script is on its way.
requestAnimationFrame(() => setTimeout(() => new Intl.NumberFormat()));
