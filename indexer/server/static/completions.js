// Completes what is typed, as a combobox whose list box is below it.

const MOST = 8;

export function startCompletions(navigation) {
  const box = document.getElementById("query");
  const list = document.getElementById("completions");
  let running = null;
  let chosen = -1;
  let typed = "";

  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", "completions");
  list.setAttribute("role", "listbox");
  close();

  function isOpen() {
    return !list.hidden;
  }

  function close() {
    running?.abort();
    list.hidden = true;
    chosen = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function open(words) {
    const items = words.slice(0, MOST).map((words, place) => {
      const item = document.createElement("li");
      item.id = `completion-${place}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dir = "auto";
      item.textContent = words;
      return item;
    });
    list.replaceChildren(...items);
    list.hidden = !items.length;
    chosen = -1;
    box.setAttribute("aria-expanded", String(!list.hidden));
    box.removeAttribute("aria-activedescendant");
  }

  async function complete() {
    running?.abort();
    const own = (running = new AbortController());
    typed = box.value;
    if (!typed.trim()) return close();
    try {
      const query = new URLSearchParams({ q: typed, limit: MOST });
      const response = await fetch(`/api/suggest?${query}`, { signal: own.signal });
      if (!response.ok || own.signal.aborted) return;
      const answer = await response.json();
      if (own.signal.aborted || document.activeElement !== box) return;
      open((answer.suggestions ?? answer).filter((words) => words !== typed.trim()));
    } catch {
      // Completions are a help: without them the search goes on.
    }
  }

  // Marks another completion and shows it in the box; beyond both ends is what was typed.
  function move(step) {
    const items = [...list.children];
    items[chosen]?.setAttribute("aria-selected", "false");
    chosen = ((chosen + 1 + step + items.length + 1) % (items.length + 1)) - 1;
    const item = items[chosen];
    item?.setAttribute("aria-selected", "true");
    if (item) box.setAttribute("aria-activedescendant", item.id);
    else box.removeAttribute("aria-activedescendant");
    box.value = item ? item.textContent : typed;
  }

  box.addEventListener("input", complete);
  box.addEventListener("blur", () => setTimeout(close));
  box.form.addEventListener("submit", close);
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const item = event.target.closest("li");
    if (!item) return;
    box.value = item.textContent;
    close();
    navigation.search();
  });

  return { close, complete, isOpen, move };
}
