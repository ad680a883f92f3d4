// Which address shows what.

import { contributing } from "./contributing.js";
import { el, show } from "./page.js";
import { draft, publication, publications, stories, story } from "./reading.js";

const ROUTES = [
  [/^\/$/, publications],
  [/^\/verhalen$/, stories],
  [/^\/publicatie\/([^/]+)$/, (query, slug) => publication(slug)],
  [/^\/verhaal\/([^/]+)$/, (query, slug) => story(slug)],
  [/^\/bijdragen$/, contributing],
];

async function route() {
  const opened = new URLSearchParams(location.search);
  const [path, query = ""] = (location.hash.slice(1) || "/").split("?");
  if (!path.startsWith("/")) return; // a link to a place on this page
  try {
    if (opened.has("token") && !location.hash) return await draft(opened);
    for (const [pattern, view] of ROUTES) {
      const match = pattern.exec(path);
      if (match) return await view(new URLSearchParams(query), ...match.slice(1).map(decodeURIComponent));
    }
    show("Deze pagina bestaat niet", el("p", {}, el("a", { href: "#/" }, "Naar alle publicaties")));
  } catch (error) {
    show("Dit lukt nu niet", el("p", {}, error.problem?.detail ?? "De bibliotheek is nu niet te bereiken. Probeer het later opnieuw."));
  }
}

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address belongs to the route
  document.querySelector("main").focus();
});
addEventListener("hashchange", route);
route();
