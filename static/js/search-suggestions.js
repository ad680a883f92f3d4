// Proposals below a search box while somebody types. A combobox as the ARIA guide describes it:
// arrow keys walk the list, Enter takes a proposal, Escape closes. Without this the box just searches.

const WAIT = 150; // milliseconds without typing
const KINDS = { titel: "titel", onderwerp: "onderwerp", auteur: "auteur" };
let number = 0;

for (const input of document.querySelectorAll("input[data-suggestions]:not([role])")) enhance(input);

function enhance(input) {
  const id = `voorstellen-${++number}`;
  const list = document.createElement("ul");
  Object.assign(list, { id, className: "suggestions plain", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Voorstellen");
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  input.closest(".search__bar").after(list, status);

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", id);
  input.setAttribute("aria-expanded", "false");

  let timer, request, chosen = -1, proposals = [];

  function close() {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(place) {
    const options = [...list.children];
    chosen = (place + options.length + 1) % (options.length + 1);
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === chosen)));
    if (chosen === options.length) {
      chosen = -1;
      input.removeAttribute("aria-activedescendant");
    } else {
      input.setAttribute("aria-activedescendant", options[chosen].id);
      options[chosen].scrollIntoView({ block: "nearest" });
    }
  }

  function take(proposal) {
    close();
    if (proposal.url) {
      location.assign(proposal.url);
      return;
    }
    input.value = proposal.text;
    input.form.requestSubmit();
  }

  function show() {
    list.replaceChildren(...proposals.map((proposal, i) => {
      const option = document.createElement("li");
      option.id = `${id}-${i}`;
      option.className = "suggestions__option";
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const kind = document.createElement("span");
      kind.className = "suggestions__kind";
      kind.textContent = KINDS[proposal.kind] ?? proposal.kind;
      option.append(`${proposal.text} `, kind);
      option.addEventListener("pointerdown", (event) => event.preventDefault());
      option.addEventListener("click", () => take(proposal));
      return option;
    }));
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = !proposals.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = proposals.length
      ? `${proposals.length} ${proposals.length === 1 ? "voorstel" : "voorstellen"}, kies met de pijltjes`
      : "";
  }

  async function ask() {
    request?.abort();
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
    if (input.value.trim().length < 2) {
      close();
      return;
    }
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? list.children.length - 1 : chosen - 1);
    else if (event.key === "Enter" && chosen >= 0) take(proposals[chosen]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", close);
}
