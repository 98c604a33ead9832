// A script of its own, before the first paint: a page in the chosen theme must not flash in the other.
try {
  const theme = JSON.parse(localStorage.getItem("transactions.theme") ?? "null");
  if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme;
} catch {
  // No storage: the system's theme.
}
