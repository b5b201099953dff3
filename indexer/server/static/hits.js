// The buttons of a hit: unfold the text around it in place, and copy its citation.

const CONTEXT = 2; // passages before and after

export function startHits() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.matches(".unfold")) unfold(button);
    if (button?.matches(".cite")) cite(button);
  });
}

async function unfold(button) {
  const hit = button.closest(".hit");
  const folds = hit.querySelectorAll(".around");
  if (button.ariaExpanded === "true") {
    for (const fold of folds) fold.hidden = true;
    button.ariaExpanded = "false";
    button.textContent = button.dataset.more;
    return;
  }
  if (!hit.querySelector(".around.open")) {
    const response = await fetch(`/api/passages/${encodeURIComponent(hit.dataset.passage)}?context=${CONTEXT}`).catch(() => null);
    if (!response?.ok) {
      button.textContent = button.dataset.failed;
      return;
    }
    const passage = await response.json();
    fill(hit.querySelector(".before"), passage.before ?? []);
    fill(hit.querySelector(".after"), passage.after ?? []);
  }
  for (const fold of folds) fold.hidden = !fold.childElementCount;
  button.ariaExpanded = "true";
  button.textContent = button.dataset.less;
}

function fill(fold, passages) {
  fold.classList.add("open");
  fold.replaceChildren(
    ...passages.map((passage) => {
      const text = document.createElement("p");
      text.className = "text";
      text.dir = "auto";
      text.textContent = passage.text;
      return text;
    }),
  );
}

async function cite(button) {
  const status = document.getElementById("status");
  try {
    await navigator.clipboard.writeText(button.dataset.citation);
    status.textContent = button.dataset.copied;
    const label = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = label), 2000);
  } catch {
    // Browsers let pages write to the clipboard over HTTPS and on this machine alone.
    if (button.nextElementSibling?.matches(".cited")) return;
    const shown = document.createElement("input");
    shown.className = "cited";
    shown.type = "text";
    shown.readOnly = true;
    shown.value = button.dataset.citation;
    shown.setAttribute("aria-label", button.dataset.failed);
    button.after(shown);
    shown.select();
    status.textContent = button.dataset.failed;
  }
}
