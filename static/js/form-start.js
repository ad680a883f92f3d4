// The contribution form helps while it is filled in: it looks up a DOI, ISBN, address or file, says
// what else is in a chosen file, and what is on the site already. Without this script the form does
// the same when it is sent.

const WAIT = 600; // milliseconds without typing
const LARGEST = 20 * 1024 * 1024;
const TYPED = ["titel", "jaar", "link", "doi", "isbn", "wat"];
const LABELS = { doi: "DOI", isbn: "ISBN" };
const TOO_LARGE = "Dit bestand is groter dan 20 MB. Kies een kleiner bestand, of geef de link.";
const FAILED = "Het opzoeken lukt nu niet. Vul het zelf in.";

const form = document.querySelector("form[data-fill-in]");
if (form) help(form);

function help(form) {
  const field = (name) => form.elements.namedItem(name);
  const start = form.querySelector("[data-start]");
  if (start) {
    enhanceStart(start, field);
    // What was looked up has done its work: a file does not go along twice.
    form.addEventListener("formdata", ({ formData }) => {
      formData.delete("begin");
      formData.delete("begin_bestand");
    });
  }
  const file = field("bestand");
  if (file) file.addEventListener("change", () => lookIntoFile(file));
  const title = field("titel") || field("wat");
  if (title && ["publicatie", "tip"].includes(form.dataset.keep)) watch(title, field);
}

async function ask(data) {
  data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  const answer = await fetch(form.dataset.fillIn, { method: "POST", body: data });
  if (!answer.ok && answer.status !== 429) throw new Error(answer.statusText);
  return answer.json();
}

function enhanceStart(start, field) {
  const [text, file] = [field("begin"), field("begin_bestand")];
  const button = start.querySelector("[name=vul_in]");
  const said = start.querySelector("[data-said]");
  let busy = false;
  let passed;

  // The file that is looked into is most often the one to send. It can be taken out again there.
  function passOn() {
    const to = field("bestand");
    if (!to || (to.files.length && to.files[0] !== passed)) return;
    to.files = file.files;
    passed = to.files[0];
  }

  async function fill() {
    const chosen = file.files[0];
    if (chosen?.size > LARGEST) {
      said.replaceChildren(notice(TOO_LARGE));
      return;
    }
    if (busy) return;
    busy = true;
    button.setAttribute("aria-disabled", "true");
    said.replaceChildren(notice("We zoeken het op …"));
    try {
      const data = new FormData();
      data.append("begin", text.value);
      if (chosen) data.append("begin_bestand", chosen);
      const found = await ask(data);
      const filled = Object.entries(found.answers || {}).filter(([name, value]) => put(field(name), value));
      const names = filled.map(([name]) => LABELS[name] || name);
      const parts = [notice(found.fault || sentence(found.source, names))];
      if (found.contents?.length) parts.push(contents(found.contents));
      if (found.duplicates?.length) parts.push(duplicates(found.duplicates));
      said.replaceChildren(...parts);
    } catch {
      said.replaceChildren(notice(FAILED));
    }
    busy = false;
    button.removeAttribute("aria-disabled");
  }

  button.addEventListener("click", (event) => {
    event.preventDefault();
    fill();
  });
  file.addEventListener("change", () => {
    if (!file.files.length) return;
    if (file.files[0].size <= LARGEST) passOn();
    fill();
  });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    fill();
  });
}

// What somebody typed always wins.
function put(input, value) {
  if (!input || input.value.trim()) return false;
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

function sentence(source, names) {
  if (!names.length) return `Alles wat in ${source} staat, had je al ingevuld.`;
  const list = [names.slice(0, -1).join(", "), names.at(-1)].filter(Boolean).join(" en ");
  const more = names.includes("samenvatting") ? " Schrijf de samenvatting liefst in je eigen woorden." : "";
  return `Ingevuld uit ${source}: ${list}. Kijk het nog even na.${more}`;
}

async function lookIntoFile(input) {
  const place = beside(input);
  place.replaceChildren();
  const chosen = input.files[0];
  if (chosen?.size > LARGEST) place.append(notice(TOO_LARGE));
  if (!chosen || chosen.size > LARGEST) return;
  const data = new FormData();
  data.append("begin_bestand", chosen);
  try {
    const found = await ask(data);
    if (input.files[0] !== chosen) return;
    if (found.contents?.length) place.append(contents(found.contents));
    if (found.duplicates?.length && form.dataset.keep === "publicatie") place.append(duplicates(found.duplicates));
  } catch {
    // Not needed to send the file: the editors look into it as well.
  }
}

function watch(title, field) {
  const place = beside(title);
  let timer, request, shown = "";

  async function look() {
    const query = new URLSearchParams();
    for (const name of TYPED) if (field(name)?.value.trim()) query.set(name, field(name).value.trim());
    request?.abort();
    request = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.there}?${query}`, { signal: request.signal });
      if (!answer.ok) return;
      const found = (await answer.json()).duplicates;
      const now = JSON.stringify(found);
      if (now === shown) return; // say it once
      shown = now;
      place.replaceChildren(...(found.length ? [duplicates(found)] : []));
    } catch {
      // Typed on, or no network: sending looks again.
    }
  }

  form.addEventListener("input", (event) => {
    if (!TYPED.includes(event.target.name)) return;
    clearTimeout(timer);
    timer = setTimeout(look, WAIT);
  });
}

function beside(input) {
  const place = document.createElement("div");
  place.setAttribute("role", "status");
  const known = input.closest(".field").nextElementSibling;
  if (known?.matches("[role=status][data-beside]")) return known;
  place.dataset.beside = "";
  input.closest(".field").after(place);
  return place;
}

function element(name, text = "") {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function notice(text) {
  const made = element("p", text);
  made.className = "notice";
  return made;
}

function list(title, items, end) {
  const made = element("div");
  made.className = "notice";
  const entries = element("ul");
  entries.append(...items);
  made.append(element("p", title), entries);
  if (end) made.append(element("p", end));
  return made;
}

function contents(phrases) {
  const end = "Wie het bestand opent, kan dat zien. Wil je dat niet? Haal het er dan eerst uit.";
  return list("In dit bestand staat:", phrases.map((phrase) => element("li", phrase)), end);
}

// Whoever saw them need not be asked again on sending, which would lose a chosen file.
function duplicates(found) {
  if (!form.elements.toch) {
    const seen = Object.assign(document.createElement("input"), { type: "hidden", name: "toch", value: "1" });
    form.append(seen);
  }
  const items = found.map(({ titel, url, waarom }) => {
    const item = element("li");
    const link = Object.assign(element("a", titel), { href: url, target: "_blank", rel: "noopener" });
    item.append(link, ` (${waarom}; opent in een nieuw venster)`);
    return item;
  });
  const title = found[0].zeker ? "Dit staat al op het Kennisplein:" : "Staat dit er al? Dit lijkt erop:";
  return list(title, items, "Is jouw bijdrage iets anders? Ga dan gewoon verder.");
}
