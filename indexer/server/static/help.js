// Shows the page of help over the page.

export function startHelp() {
  const dialog = document.getElementById("help");

  async function show() {
    if (!dialog.childElementCount) {
      const address = document.querySelector(".help-link").href;
      const response = await fetch(address).catch(() => null);
      if (!response?.ok) return location.assign(address);
      const drawn = new DOMParser().parseFromString(await response.text(), "text/html");
      const close = document.createElement("button");
      close.type = "button";
      close.textContent = dialog.dataset.close;
      close.addEventListener("click", () => dialog.close());
      const help = document.adoptNode(drawn.querySelector(".help"));
      for (const one of help.querySelectorAll("[id]")) one.removeAttribute("id");
      dialog.append(close, help);
    }
    dialog.showModal();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest(".help-link");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    show();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  return { show, isOpen: () => dialog.open };
}
