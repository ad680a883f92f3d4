// Proposals below a search box while somebody types. A combobox as the ARIA guide describes it:
// arrow keys walk the list, Enter takes a proposal, Escape closes. Without this the box just searches.

const WAIT = 150; // milliseconds without typing
let number = 0;

for (const input of document.querySelectorAll("input[data-suggestions]:not([role])")) enhance(input);

function make(name, properties) {
  return Object.assign(document.createElement(name), properties);
}

function enhance(input) {
  const id = `voorstellen-${++number}`;
  const list = make("ul", { id, className: "suggestions plain", role: "listbox", ariaLabel: "Voorstellen" });
  const status = make("p", { className: "visually-hidden", role: "status" });
  input.closest(".search__bar").after(list, status);
  Object.assign(input, { role: "combobox", ariaAutoComplete: "list" });
  input.setAttribute("aria-controls", id);

  let timer, request, chosen, proposals = [];
  open(false);

  function open(isOpen) {
    list.hidden = !isOpen;
    input.ariaExpanded = isOpen;
    choose(-1);
  }

  // -1: none, back in the box
  function choose(place) {
    chosen = place;
    [...list.children].forEach((option, i) => { option.ariaSelected = i === chosen; });
    const option = list.children[chosen];
    input.removeAttribute("aria-activedescendant");
    if (!option) return;
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function take({ url, text }) {
    open(false);
    if (url) return location.assign(url);
    input.value = text;
    input.form.requestSubmit();
  }

  function show() {
    list.replaceChildren(...proposals.map((proposal, i) => {
      const option = make("li", { id: `${id}-${i}`, className: "suggestions__option", role: "option" });
      const kind = make("span", { className: "suggestions__kind", textContent: proposal.kind });
      option.append(`${proposal.text} `, kind);
      option.addEventListener("pointerdown", (event) => event.preventDefault());
      option.addEventListener("click", () => take(proposal));
      return option;
    }));
    const count = proposals.length;
    open(count > 0);
    status.textContent = count ? `${count} ${count === 1 ? "voorstel" : "voorstellen"}, kies met de pijltjes` : "";
  }

  async function ask() {
    request = new AbortController();
    const address = `${input.dataset.suggestions}?${new URLSearchParams({ q: input.value })}`;
    try {
      const response = await fetch(address, { signal: request.signal });
      proposals = response.ok ? (await response.json()).voorstellen : [];
      if (document.activeElement === input) show();
    } catch {
      // Typed on, or offline: the box still searches.
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    request?.abort();
    if (input.value.trim().length < 2) open(false);
    else timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const last = list.children.length - 1;
    if (event.key === "ArrowDown") choose(chosen < last ? chosen + 1 : -1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? last : chosen - 1);
    else if (event.key === "Enter" && chosen >= 0) take(proposals[chosen]);
    else if (event.key === "Escape") open(false);
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", () => open(false));
}
