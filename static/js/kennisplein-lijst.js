/*
 * <kennisplein-lijst pijler="sociale-cohesie" aantal="5"></kennisplein-lijst>
 *
 * A live list of publications on somebody else's page. All of it stands in a shadow root: no style
 * gets in or out. It sets no cookie and asks only the site that this file comes from.
 * Attributes: docs/headless.md.
 */

const API = new URL("/api/v1/publicaties", import.meta.url);
const FILTERS = ["pijler", "soort", "voorziening", "thema", "speler", "lezer", "gebied", "jaar", "taal"];
const FIELDS = "titel,ondertitel,auteurs,organisatie,jaar,soort,taal,samenvatting,adres";
const MOST = 20;

const LOOK = new CSSStyleSheet();
LOOK.replaceSync(`
  :host { display: block; font: inherit; color: inherit; }
  :host([hidden]) { display: none; }
  h1, h2, h3, h4, h5, h6, ul, p { margin: 0; padding: 0; }
  .heading { font-size: 1.25em; line-height: 1.3; margin-block-end: .75em; }
  ul { list-style: none; }
  li { border-block-start: 1px solid; padding-block: .75em; }
  .title { font-size: 1.05em; line-height: 1.35; }
  a { color: var(--kennisplein-link, inherit); text-decoration: underline; text-underline-offset: .15em; }
  a:hover { text-decoration-thickness: .15em; }
  a:focus-visible, button:focus-visible { outline: 3px solid; outline-offset: 2px; }
  .facts { font-size: .9em; margin-block-start: .2em; }
  .summary { margin-block-start: .35em; }
  .foot { border-block-start: 1px solid; padding-block-start: .75em; }
  .foot a, button { display: inline-block; min-block-size: 24px; }
  button { font: inherit; color: inherit; background: none; border: 2px solid; border-radius: .3em;
    cursor: pointer; margin-block-start: .5em; padding: .3em .8em; }
`);

/** Return an element with these attributes and children. Texts never become markup. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/** Return an address that a reader may follow, or nothing: no script in a link. */
function safe(address) {
  try {
    return ["https:", "http:"].includes(new URL(address).protocol) ? address : "";
  } catch {
    return "";
  }
}

function shorten(text, length = 200) {
  if (text.length <= length) return text;
  return `${text.slice(0, text.lastIndexOf(" ", length) + 1 || length).trim()}…`;
}

class KennispleinLijst extends HTMLElement {
  static observedAttributes = [...FILTERS, "q", "aantal", "kop", "kopniveau", "samenvatting"];

  #asked = null;
  #waiting = false;

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [LOOK];
  }

  connectedCallback() {
    this.#soon();
  }

  disconnectedCallback() {
    this.#asked?.abort();
    this.#asked = null;
  }

  attributeChangedCallback(name, before, after) {
    if (this.isConnected && before !== after) this.#soon();
  }

  /** Ask once, however many attributes change at the same time. */
  #soon() {
    if (this.#waiting) return;
    this.#waiting = true;
    queueMicrotask(() => {
      this.#waiting = false;
      if (this.isConnected) this.load();
    });
  }

  get #count() {
    const count = Number.parseInt(this.getAttribute("aantal"), 10);
    return Math.min(Math.max(count || 5, 1), MOST);
  }

  /** Return the level of the heading above the list; titles come one below it. */
  get #level() {
    const level = Number.parseInt(this.getAttribute("kopniveau"), 10);
    return Math.min(Math.max(level || 2, 1), 5);
  }

  #address(path = API) {
    const address = new URL(path);
    const words = this.getAttribute("q");
    if (words) address.searchParams.set("q", words);
    for (const name of FILTERS) {
      const values = (this.getAttribute(name) ?? "").split(/[\s,]+/).filter(Boolean);
      for (const value of values) address.searchParams.append(name, value);
    }
    return address;
  }

  async load() {
    this.#asked?.abort();
    const asked = (this.#asked = new AbortController());
    const tooLong = setTimeout(() => asked.abort(), 15000);
    const address = this.#address();
    address.searchParams.set("aantal", this.#count);
    address.searchParams.set("fields", FIELDS);
    this.#show("Publicaties laden…", { busy: true });
    try {
      const response = await fetch(address, {
        credentials: "omit",
        headers: { Accept: "application/json" },
        signal: asked.signal,
      });
      if (!response.ok) throw new Error(response.status);
      const { resultaten: found, totaal: total } = await response.json();
      if (asked.signal.aborted) return;
      if (found.length) this.#list(found, total);
      else this.#show("Er zijn nog geen publicaties over dit onderwerp.");
    } catch {
      if (this.#asked !== asked) return;
      const again = make("button", { type: "button" }, "Probeer het opnieuw");
      again.addEventListener("click", () => this.load());
      this.#show("De publicaties konden niet worden geladen.", { more: [again] });
    } finally {
      clearTimeout(tooLong);
    }
  }

  #heading() {
    const text = this.getAttribute("kop") ?? "Uit de bibliotheek van Kennisplein";
    return text ? [make(`h${this.#level}`, { class: "heading", part: "kop" }, text)] : [];
  }

  /** Show a sentence in the place of the list. */
  #show(text, { busy = false, more = [] } = {}) {
    const sentence = make("p", { role: "status" }, text);
    this.#put(busy, sentence, ...more);
  }

  #put(busy, ...content) {
    const all = make("div", { lang: "nl", "aria-busy": busy && "true" }, ...this.#heading());
    all.append(...content);
    this.shadowRoot.replaceChildren(all);
  }

  #list(found, total) {
    const rows = found.map((one) => this.#row(one));
    const library = this.#address(new URL("/bibliotheek/", API));
    const text = total > found.length ? `Bekijk alle ${total} op Kennisplein` : "Meer op Kennisplein";
    this.#put(
      false,
      make("ul", { role: "list" }, ...rows), // Safari needs the role without bullets
      make("p", { class: "foot" }, make("a", { href: library.href }, text)),
    );
  }

  #row(one) {
    const lang = one.taal && one.taal !== "nl" ? one.taal : "";
    const title = one.ondertitel ? `${one.titel}: ${one.ondertitel}` : one.titel;
    const names = one.auteurs.map((author) => author.naam);
    const who = names.length > 3 ? `${names[0]} en anderen` : names.join(", ");
    const facts = [who || one.organisatie, one.jaar, one.soort?.naam].filter(Boolean).join(" · ");
    const link = make("a", { href: safe(one.adres), lang }, title);
    const row = make("li", {}, make(`h${this.#level + 1}`, { class: "title" }, link));
    if (facts) row.append(make("p", { class: "facts" }, facts));
    if (this.getAttribute("samenvatting") === "ja" && one.samenvatting) {
      row.append(make("p", { class: "summary" }, shorten(one.samenvatting)));
    }
    return row;
  }
}

if (!customElements.get("kennisplein-lijst")) {
  customElements.define("kennisplein-lijst", KennispleinLijst);
}
