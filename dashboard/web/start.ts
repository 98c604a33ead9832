// A script of its own, before the first paint: a page in the chosen theme must not flash in the other.
try {
  const theme = localStorage.getItem("transactions.theme");
  // What is no theme changes nothing.
  if (theme) document.documentElement.dataset["theme"] = JSON.parse(theme) as string;
} catch {
  // No storage: the system's theme.
}

// A browser needs 20 ms for its first format, which it has while the page's script is on its way.
requestAnimationFrame(() => setTimeout(() => new Intl.NumberFormat()));
