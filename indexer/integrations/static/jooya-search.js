// The search page of a site: asks a server of Jooya from another origin, and shows hits as links into the site.
// Whatever comes from the server becomes text nodes.

(() => {
  const PAGE = 10;
  const PAUSE = 200; // milliseconds after a key before the server is asked

  const WORDS = {
    busy: "در حال جست\u200cوجو…",
    none: "چیزی پیدا نشد.",
    found: (total) => `${total.toLocaleString("fa")} بند پیدا شد.`,
    corrected: (query) => `نمایش نتایج برای «${query}».`,
    silent: "سرور جست\u200cوجو پاسخ نمی\u200cدهد.",
    refused: "سرور جست\u200cوجو به این پرسش پاسخ نداد:",
  };

  for (const place of document.querySelectorAll(".jooya-search")) start(place);

  function start(place) {
    const form = place.querySelector("form");
    const box = form.elements.q;
    const status = place.querySelector(".jooya-status");
    const hits = place.querySelector(".jooya-hits");
    const more = place.querySelector(".jooya-more");
    let asking = new AbortController();
    let timer = 0;

    async function search(from) {
      clearTimeout(timer);
      asking.abort();
      const query = box.value.trim();
      remember(place.dataset.parameter, query);
      if (!query) {
        hits.replaceChildren();
        status.textContent = "";
        more.hidden = true;
        return;
      }
      asking = new AbortController();
      const { signal } = asking;
      if (from === 1) status.textContent = WORDS.busy;
      const asked = new URLSearchParams({ q: query, from, limit: PAGE });
      let answer;
      try {
        const response = await fetch(`${place.dataset.server}/api/search?${asked}`, { signal, credentials: "omit" });
        answer = await response.json();
        if (signal.aborted) return;
        if (!response.ok) {
          fail(`${WORDS.refused} ${answer.detail ?? response.status}`);
          return;
        }
      } catch {
        if (!signal.aborted) fail(WORDS.silent);
        return;
      }
      const shown = answer.hits.map((hit) => entry(hit, place.dataset.root));
      if (from === 1) hits.replaceChildren(...shown);
      else hits.append(...shown);
      const total = answer.total ? WORDS.found(answer.total) : WORDS.none;
      status.textContent = answer.corrected_query ? `${WORDS.corrected(answer.corrected_query)} ${total}` : total;
      more.hidden = hits.childElementCount >= answer.total || !shown.length;
      if (from > 1) shown[0]?.querySelector("a")?.focus();
    }

    function fail(text) {
      hits.replaceChildren();
      more.hidden = true;
      status.textContent = text;
    }

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      search(1);
    });
    box.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => search(1), PAUSE);
    });
    more.addEventListener("click", () => search(hits.childElementCount + 1));

    const parameters = new URLSearchParams(location.search);
    box.value = parameters.get(place.dataset.parameter) ?? parameters.get("q") ?? "";
    if (box.value) search(1);
    else box.focus();
  }

  // The query is in the address, which can be kept and sent.
  function remember(parameter, query) {
    const url = new URL(location.href);
    url.searchParams.delete("q");
    if (query) url.searchParams.set(parameter, query);
    else url.searchParams.delete(parameter);
    history.replaceState(history.state, "", url);
  }

  function entry(hit, root) {
    const item = document.createElement("li");
    item.className = "jooya-hit";
    const link = document.createElement("a");
    link.className = "jooya-link";
    link.dir = "auto";
    link.href = root + hit.document;
    const names = [hit.title, hit.heading].filter((name, number, all) => name && all.indexOf(name) === number);
    link.textContent = names.join(" › ") || hit.document;
    const text = document.createElement("p");
    text.dir = "auto";
    text.append(...marked(hit));
    item.append(link, text);
    return item;
  }

  // The part of a hit's text around what was found, with the found words marked. Offsets are in characters, not in
  // units of UTF-16.
  function marked(hit) {
    const letters = [...hit.text];
    const [first, last] = hit.snippet ?? [0, letters.length];
    const parts = [first ? "…" : ""];
    let done = first;
    for (const [start, end] of hit.highlights ?? []) {
      if (start < done || end > last) continue;
      const mark = document.createElement("mark");
      mark.textContent = letters.slice(start, end).join("");
      parts.push(letters.slice(done, start).join(""), mark);
      done = end;
    }
    parts.push(letters.slice(done, last).join(""), last < letters.length ? "…" : "");
    return parts;
  }
})();
