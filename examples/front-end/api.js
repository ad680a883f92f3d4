// All that this website knows of the API.

import { KENNISPLEIN } from "./config.js";

const BASE = `${KENNISPLEIN}/api/v1`;

/** What the API says went wrong: `problem` is its answer, `problem.errors` one for each fault. */
export class Refused extends Error {
  constructor(problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

async function ask(address, options = {}) {
  const response = await fetch(address, { credentials: "omit", ...options });
  const answer = await response.json();
  if (!response.ok) throw new Refused(answer);
  return answer;
}

export const list = (kind, query = "") => ask(`${BASE}/${kind}${query && `?${query}`}`);
export const one = (kind, slug) => ask(`${BASE}/${kind}/${encodeURIComponent(slug)}`);
export const form = () => ask(`${BASE}/bijdragen`);

/** Send a contribution in, with a file if there is one. */
export function contribute(data, file) {
  if (!file) {
    return ask(`${BASE}/bijdragen`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(data),
    });
  }
  const body = new FormData();
  body.append("gegevens", JSON.stringify(data));
  body.append("bestand", file);
  return ask(`${BASE}/bijdragen`, { method: "POST", body });
}

/** A draft that an editor looks at on this website, by the token it was opened with. */
export function preview(contentType, token) {
  const query = new URLSearchParams({ content_type: contentType, token });
  return ask(`${KENNISPLEIN}/api/v2/page_preview/?${query}`);
}
