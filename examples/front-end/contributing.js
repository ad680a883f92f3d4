// The form. Its questions, choices and limits are those of the Kennisplein: nothing is repeated here.

import { contribute, form, Refused } from "./api.js";
import { el, show } from "./page.js";

const key = (name) => `vraag-${name.replaceAll(".", "-")}`;
const pointer = (name) => `#/${name.replaceAll(".", "/")}`;

function choices(question, type) {
  const options = question.keuzes.map(({ waarde, naam }) =>
    el("label", {}, el("input", { type, name: question.naam, value: waarde }), ` ${naam}`),
  );
  return el("div", { class: "choices" }, ...options);
}

function field(question) {
  const id = key(question.naam);
  const help = question.uitleg ? el("p", { id: `${id}-uitleg`, class: "help" }, question.uitleg) : null;
  const described = help ? `${id}-uitleg` : null;
  const label = question.vraag + (question.isVerplicht ? "" : " (niet verplicht)");
  const common = { id, name: question.naam, "aria-describedby": described, maxlength: question.hoogstensTekens };
  if (["meerkeuze", "jaNee"].includes(question.soort) || (question.soort === "keuze" && question.keuzes.length < 5)) {
    const options = question.soort === "jaNee"
      ? el("label", {}, el("input", { type: "checkbox", name: question.naam, value: "ja" }), " Ja")
      : choices(question, question.soort === "meerkeuze" ? "checkbox" : "radio");
    return el("fieldset", { id, tabindex: "-1", "aria-describedby": described }, el("legend", {}, label), help, options);
  }
  const inputs = {
    keuze: () => el("select", common, el("option", { value: "" }, "Kies…"),
      ...question.keuzes.map(({ waarde, naam }) => el("option", { value: waarde }, naam))),
    langeTekst: () => el("textarea", { ...common, rows: 6 }),
    bestand: () => el("input", { id, name: question.naam, type: "file", "aria-describedby": described }),
  };
  const type = question.naam.endsWith("email") ? "email" : "text";
  const input = inputs[question.soort]?.() ?? el("input", { ...common, type });
  return el("div", { class: "field" }, el("label", { for: id }, label), help, input);
}

/** Return what was filled in, in the shape of the API: `criteria.buurten` is {criteria: {buurten}}. */
function answers(questions, element, door, unique) {
  const sent = new FormData(element);
  const data = { deur: door, sleutel: unique };
  let file = null;
  for (const question of questions) {
    const values = sent.getAll(question.naam);
    if (question.soort === "bestand") {
      file = values[0]?.size ? values[0] : null;
      continue;
    }
    const path = question.naam.split(".");
    const last = path.pop();
    const target = path.reduce((inner, name) => (inner[name] ??= {}), data);
    if (question.soort === "meerkeuze") target[last] = values;
    else if (question.soort === "jaNee") target[last] = values.length > 0;
    else if (values[0]) target[last] = values[0];
  }
  return [data, file];
}

function faults(problem, questions) {
  const rows = (problem.errors ?? []).map((fault) => {
    const question = questions.find((one) => pointer(one.naam) === fault.location.pointer);
    const text = question ? `${question.vraag}: ${fault.detail}` : fault.detail;
    if (!question) return el("li", {}, text);
    const to = document.getElementById(key(question.naam));
    to.setAttribute("aria-invalid", "true");
    const onclick = (event) => (event.preventDefault(), to.focus());
    return el("li", {}, el("a", { href: "#", onclick }, text));
  });
  const double = (problem.dubbel ?? []).map((one) => el("li", {}, el("a", { href: one.adres }, one.titel)));
  return [el("h2", {}, "Er klopt iets niet"), el("p", {}, problem.detail), el("ul", {}, ...rows, ...double)];
}

export async function contributing(query) {
  const described = await form();
  const chosen = query.get("deur") ?? "publicatie";
  const door = described.deuren.find((one) => one.deur === chosen) ?? described.deuren[0];
  const unique = crypto.randomUUID(); // the same for a second click: it stays one contribution
  const box = el("div", { class: "faults", role: "alert", tabindex: "-1", hidden: true });
  const button = el("button", {}, "Verstuur je bijdrage");
  const element = el("form", { novalidate: true }, ...door.vragen.map(field), button);
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    element.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
    try {
      const done = await contribute(...answers(door.vragen, element, door.deur, unique));
      show("Bijna klaar", el("p", { role: "status" }, done.melding), el("p", {}, `Kenmerk: ${done.kenmerk}`));
    } catch (error) {
      const problem = error instanceof Refused ? error.problem : { detail: "Versturen lukt nu niet. Probeer het opnieuw." };
      box.replaceChildren(...faults(problem, door.vragen));
      box.hidden = false;
      box.focus();
    } finally {
      button.disabled = false;
    }
  });
  const doors = described.deuren.map((one) =>
    el("li", {}, el("a", { href: `#/bijdragen?deur=${one.deur}`, "aria-current": one === door && "page" }, one.deur)),
  );
  show(
    described.titel,
    el("p", {}, door.inleiding || described.inleiding),
    el("nav", { "aria-label": "Wat voeg je toe?" }, el("ul", { class: "doors" }, ...doors)),
    box,
    element,
  );
}
