// Runs before the first paint, so that a page in the chosen theme does not flash in the other.
try {
  const theme = JSON.parse(localStorage.getItem("transactions.theme") ?? "null");
  if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme;
} catch {
  // No storage: the system's theme.
}
