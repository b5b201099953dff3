// The keys: / goes to the search box, ? shows the help, arrows choose completions and hits, n and p go from hit to hit.

export function startKeys(completions, help) {
  const box = document.getElementById("query");
  let current = -1;
  let place = -1;

  document.addEventListener("jooya:shown", () => {
    current = place = -1;
  });

  function hits() {
    return [...document.querySelectorAll(".hits .hit")];
  }

  // Marks another hit of the results and moves the focus to its title.
  function moveHit(step) {
    const all = hits();
    if (!all.length) return false;
    const focused = all.findIndex((hit) => hit.contains(document.activeElement));
    current = focused >= 0 ? focused : current;
    all[current]?.classList.remove("current");
    current = Math.min(current + step, all.length - 1);
    if (current < 0) {
      current = -1;
      box.focus();
      return true;
    }
    all[current].classList.add("current");
    all[current].querySelector(".title").focus({ preventScroll: true });
    all[current].scrollIntoView({ block: "nearest" });
    return true;
  }

  // Goes to the next or previous hit of a document, from where the page is.
  function moveInDocument(step) {
    const found = [...document.querySelectorAll(".passage.found")];
    const at = found.findIndex((passage) => passage.matches(".current") || passage.contains(document.activeElement));
    place = at >= 0 ? at : place;
    const next = found[place + step];
    const link = found[place]?.querySelector(`.${step > 0 ? "to-next" : "to-previous"}`);
    if (next) {
      place += step;
      for (const passage of found) passage.classList.toggle("current", passage === next);
      next.focus({ preventScroll: true });
      next.scrollIntoView({ block: "start" });
      history.replaceState(null, "", `#${next.id}`);
    } else if (link) {
      link.click(); // The hit is in another part of the document.
    }
  }

  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (completions.isOpen()) completions.move(step);
      else if (step > 0 && !moveHit(1)) completions.complete();
      event.preventDefault();
    } else if (event.key === "Escape") {
      if (completions.isOpen()) completions.close();
      else box.blur();
      event.preventDefault();
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || document.querySelector("dialog[open]")) return;
    const actions = {
      "/": () => (box.focus(), box.select()),
      "?": () => help.show(),
      "؟": () => help.show(),
      ArrowDown: () => moveHit(1),
      ArrowUp: () => moveHit(-1),
      n: () => moveInDocument(1),
      p: () => moveInDocument(-1),
    };
    const action = actions[event.key];
    if (!action) return;
    if (event.key.startsWith("Arrow") && !hits().some((hit) => hit.contains(event.target)) && event.target !== document.body)
      return;
    if (event.key.startsWith("Arrow") && !hits().length) return;
    event.preventDefault();
    action();
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest(".hit-next, .hit-previous");
    if (!link || !document.querySelector(".passage.found")) return;
    event.preventDefault();
    moveInDocument(link.matches(".hit-next") ? 1 : -1);
  });
}
