// The list with its facets, a publication, a story, and a draft of any of them.

import { list, one, preview } from "./api.js";
import { el, html, show, web } from "./page.js";

const names = (people) => people.map((person) => person.naam).join(", ");

function card(kind, item) {
  const facts = [names(item.auteurs), item.organisatie, item.jaar, item.soort?.naam, item.buurt];
  return el(
    "li",
    {},
    el("h3", { lang: item.taal }, el("a", { href: `#/${kind}/${item.slug}` }, item.titel)),
    el("p", { class: "facts" }, facts.filter(Boolean).join(" · ")),
    el("p", {}, item.samenvatting || item.inleiding || ""),
  );
}

function checkbox(facet, option) {
  const attributes = { type: "checkbox", name: facet.sleutel, value: option.waarde };
  return el(
    "li",
    {},
    el(
      "label",
      {},
      el("input", { ...attributes, checked: option.isGekozen }),
      ` ${option.naam} (${option.aantal})`,
    ),
  );
}

function filters(answer, query, go) {
  const search = el("form", { role: "search", onsubmit: (event) => (event.preventDefault(), go(search)) });
  search.append(
    el("label", { for: "q" }, "Zoek in de bibliotheek"),
    el("input", { id: "q", name: "q", type: "search", value: query.get("q") }),
    el("button", {}, "Zoek"),
    ...answer.facetten.map((facet) =>
      el(
        "details",
        { open: facet.opties.some((option) => option.isGekozen) },
        el("summary", {}, facet.naam),
        el("fieldset", {}, el("legend", {}, facet.naam), el("ul", {}, ...facet.opties.map((o) => checkbox(facet, o)))),
      ),
    ),
  );
  search.addEventListener("change", (event) => event.target.type === "checkbox" && go(search));
  return search;
}

function pager(answer, query) {
  const link = (number, text) => {
    const other = new URLSearchParams(query);
    other.set("pagina", number);
    return el("a", { href: `#/?${other}` }, text);
  };
  const links = [];
  if (answer.pagina > 1) links.push(link(answer.pagina - 1, "Vorige pagina"));
  if (answer.pagina < answer.paginas) links.push(link(answer.pagina + 1, "Volgende pagina"));
  return links.length ? el("nav", { "aria-label": "Pagina’s", class: "pager" }, ...links) : null;
}

export async function publications(query) {
  const answer = await list("publicaties", query.toString());
  const go = (search) => {
    const chosen = new URLSearchParams([...new FormData(search)].filter(([, value]) => value));
    location.hash = `#/?${chosen}`;
  };
  const count = answer.totaal === 1 ? "1 publicatie" : `${answer.totaal} publicaties`;
  show(
    "Publicaties",
    filters(answer, query, go),
    el("h2", {}, "Gevonden"),
    el("p", { role: "status" }, `${count} gevonden.`),
    ...answer.meldingen.map((text) => el("p", {}, text)),
    el("ul", { class: "cards" }, ...answer.resultaten.map((item) => card("publicatie", item))),
    pager(answer, query),
  );
}

export async function stories(query) {
  const answer = await list("verhalen", query.toString());
  const cards = answer.resultaten.map((item) => card("verhaal", item));
  show("Verhalen", el("h2", {}, "Alle verhalen"), el("ul", { class: "cards" }, ...cards));
}

function links(title, kind, rows) {
  if (!rows.length) return null;
  const items = rows.map(({ pagina, waarom }) => {
    const here = `#/${kind}/${pagina._links.self.href.split("/").pop()}`;
    return el("li", {}, el("a", { href: here }, pagina.titel), `: ${waarom}`);
  });
  return el("section", {}, el("h2", {}, title), el("ul", {}, ...items));
}

export async function publication(slug) {
  const item = await one("publicaties", slug);
  const facts = [
    ["Auteurs", names(item.auteurs)],
    ["Organisatie", item.organisatie],
    ["Jaar", item.jaar],
    ["Soort", item.soort?.naam],
    ["Pijlers", names(item.pijlers)],
  ].filter(([, value]) => value);
  const source = web(item.bron);
  const file = web(item.document);
  show(
    item.titel,
    item.ondertitel ? el("p", { class: "subtitle" }, item.ondertitel) : null,
    el("p", { class: "summary" }, item.samenvatting),
    el("dl", {}, ...facts.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, String(value))])),
    source && el("p", {}, el("a", { href: source }, "Lees het bij de bron")),
    file && el("p", {}, el("a", { href: file }, "Download het document")),
    item.watJeErmeeKunt.length
      ? el("section", {}, el("h2", {}, "Wat betekent dit voor mijn buurt?"),
          el("ul", {}, ...item.watJeErmeeKunt.map((text) => el("li", {}, text))))
      : null,
    links("Verhalen bij deze publicatie", "verhaal", item.verhalen),
  );
}

function picture(told) {
  const { adres, breedte, hoogte, tekst } = told;
  return el("img", { src: adres, width: breedte, height: hoogte, loading: "lazy", ...(tekst && { alt: tekst }) });
}

// Kinds of block that are not here are passed over: new ones may come.
const BLOCKS = {
  kop: (block) => el("h2", {}, block.tekst),
  tekst: (block) => html(block.html),
  afbeelding: (block) => el("figure", {}, withAlt(picture(block.afbeelding)), el("figcaption", {}, block.bijschrift)),
  citaat: (block) => el("blockquote", {}, el("p", {}, block.citaat), el("footer", {}, block.spreker)),
};

function withAlt(image) {
  if (!image.hasAttribute("alt")) image.setAttribute("alt", ""); // decorative
  return image;
}

export async function story(slug) {
  const item = await one("verhalen", slug);
  const elsewhere = web(item.oorspronkelijkAdres);
  show(
    item.titel,
    item.afbeelding && withAlt(picture(item.afbeelding)),
    el("p", { class: "facts" }, [names(item.auteurs), item.buurt, item.gemeente].filter(Boolean).join(" · ")),
    el("p", { class: "summary" }, item.inleiding),
    ...item.blokken.map((block) => BLOCKS[block.type]?.(block)),
    elsewhere && el("p", {}, el("a", { href: elsewhere }, "Lees het hele verhaal")),
    links("Publicaties bij dit verhaal", "publicatie", item.publicaties),
  );
}

/** What an editor typed and nobody else sees yet. */
export async function draft(query) {
  const page = await preview(query.get("content_type"), query.get("token"));
  show(
    page.title,
    el("p", { class: "draft" }, "Dit is een voorbeeld. Het staat nog niet online."),
    el("p", { class: "summary" }, page.summary || page.intro || page.explanation || ""),
  );
}
