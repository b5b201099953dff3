// Runs before the page is drawn, so that nothing changes its colours or its place afterwards.
document.documentElement.classList.add("script");
try {
  const chosen = localStorage.getItem("jooya-theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // A browser that keeps nothing for this page follows the theme of the system.
}
