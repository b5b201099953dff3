// Shows the states of the page: each is a URL, and what the server draws there takes the place of what is shown.

const DEFAULTS = { sort: "score", by: "passage" };
const TYPING = 120; // milliseconds without a key after which a search begins

export function startNavigation() {
  const form = document.getElementById("search");
  const box = document.getElementById("query");
  const status = document.getElementById("status");
  let running = null;
  let putting = false;
  let timer = 0;
  let shown = location.pathname + location.search;

  // Returns the URL of what the form holds, without what is empty or at its default.
  function addressOfForm() {
    const pairs = [...new FormData(form)]
      .map(([name, value]) => [name, value.trim()])
      .filter(([name, value]) => value && DEFAULTS[name] !== value);
    const query = new URLSearchParams(pairs).toString();
    return query ? `/?${query}` : "/";
  }

  // Shows the state of a URL. With `keep`, the URL takes the place of the last one in the history.
  async function show(address, { keep = false, back = false, focus = null } = {}) {
    clearTimeout(timer);
    running?.abort();
    const own = (running = new AbortController());
    const url = new URL(address, location.href);
    document.getElementById("answer").classList.add("waiting");
    let text;
    try {
      const response = await fetch(url, { signal: own.signal, headers: { Accept: "text/html" } });
      text = await response.text();
    } catch (error) {
      if (error.name === "AbortError") return;
      document.getElementById("answer").classList.remove("waiting");
      status.classList.remove("unseen");
      status.textContent = status.dataset.failed;
      return;
    }
    if (own.signal.aborted) return;
    shown = url.pathname + url.search;
    if (keep) history.replaceState(null, "", url);
    else if (!back) history.pushState(null, "", url);
    put(new DOMParser().parseFromString(text, "text/html"), focus);
    if (url.hash) go(url.hash);
    else if (!keep && !back && !focus) scrollTo({ top: 0, behavior: "instant" });
  }

  // Puts what the server drew in the place of what is shown. Boxes keep what was typed meanwhile.
  function put(drawn, focus) {
    const active = document.activeElement;
    const id = (active.closest("#answer") && active.id) || focus;
    const answer = document.adoptNode(drawn.getElementById("answer"));
    if (document.querySelector("#answer.open")) answer.classList.add("open");
    putting = true; // a box that is taken away is not left by the person who types in it
    document.getElementById("answer").replaceWith(answer);
    putting = false;
    document.title = drawn.title;
    const kept = drawn.querySelector("#search .kept");
    document.querySelector("#search .kept").replaceWith(document.adoptNode(kept));
    document.querySelector(".language").replaceWith(document.adoptNode(drawn.querySelector(".language")));
    for (const old of document.querySelectorAll('link[rel="alternate"]')) old.remove();
    const json = drawn.querySelector('link[rel="alternate"]');
    if (json) document.head.append(document.adoptNode(json));
    if (active !== box) box.value = drawn.getElementById("query").value;
    const target = id ? (document.getElementById(id) ?? document.getElementById("results-title")) : null;
    target?.focus({ preventScroll: true });
    if (target?.matches("input") && active.id === id) {
      target.value = active.value;
      target.setSelectionRange(active.selectionStart, active.selectionEnd);
    }
    status.classList.add("unseen");
    status.textContent = document.getElementById("results-title")?.textContent ?? "";
    document.dispatchEvent(new Event("jooya:shown"));
  }

  function go(hash) {
    const place = document.getElementById(decodeURIComponent(hash.slice(1)));
    place?.scrollIntoView({ block: "start" });
    place?.focus({ preventScroll: true });
    for (const one of document.querySelectorAll(".passage.current")) one.classList.remove("current");
    if (place?.classList.contains("passage")) place.classList.add("current");
  }

  function search(options) {
    return show(addressOfForm(), options);
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => search({ keep: location.pathname === "/" }), TYPING);
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });

  // The boxes for order, grouping and dates belong to the form and stand beside the results.
  document.addEventListener("change", (event) => {
    if (event.target.form === form && event.target.matches("select")) search({ focus: event.target.id });
  });
  document.addEventListener("focusout", (event) => {
    const entry = event.target;
    const isLeft = entry.matches("input") && entry.form === form && entry !== box && entry.isConnected && !putting;
    if (isLeft && entry.value.trim() !== entry.defaultValue) search();
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || !["/", "/document", "/similar"].includes(url.pathname)) return;
    if (link.matches(".language, .skip")) return;
    // In a document with hits, keys.js goes to the next one.
    if (link.matches(".hit-next, .hit-previous") && document.querySelector(".passage.found")) return;
    event.preventDefault();
    if (url.pathname + url.search === shown && url.hash) {
      history.pushState(null, "", url);
      go(url.hash);
      return;
    }
    const toFilter = link.closest(".filters, .chips");
    show(url, { focus: toFilter ? "results-title" : link.closest(".pages, .hit, .top, .reading") && "results-title" });
    if (!toFilter) scrollTo({ top: 0, behavior: "instant" });
  });

  addEventListener("popstate", () => {
    if (location.pathname + location.search === shown) {
      if (location.hash) go(location.hash);
      return;
    }
    show(location.href, { back: true }).then(() => {
      box.value = new URLSearchParams(location.search).get("q") ?? "";
    });
  });

  document.addEventListener("click", (event) => {
    const toggle = event.target.closest(".filters-toggle");
    if (!toggle) return;
    const open = document.getElementById("answer").classList.toggle("open");
    toggle.setAttribute("aria-expanded", String(open));
  });

  if (location.hash) go(location.hash);
  return { search, show };
}
