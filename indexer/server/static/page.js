// What the page does beyond links and forms: it shows each state without loading the page anew, completes what is typed,
// unfolds the text around a hit, copies citations and answers keys. The server draws every state; nothing here makes
// HTML of a text.

import { startCompletions } from "./completions.js";
import { startCalendar } from "./calendar.js";
import { startHits } from "./hits.js";
import { startKeys } from "./keys.js";
import { startHelp } from "./help.js";
import { startNavigation } from "./navigation.js";

const navigation = startNavigation();
const completions = startCompletions(navigation);
const help = startHelp();
startHits();
startCalendar(navigation);
startKeys(completions, help);

document.getElementById("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const isDark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  try {
    localStorage.setItem("jooya-theme", root.dataset.theme);
  } catch {
    // It holds for this page alone then.
  }
});
