// Elements without a library. Texts never become markup; `html` takes what the API has cleaned.

export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value || value === 0) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

export function html(source) {
  const parsed = new DOMParser().parseFromString(source, "text/html");
  return el("div", {}, ...parsed.body.childNodes);
}

/** Show a page, name it, and let who reads with a screen reader begin at its heading. */
export function show(title, ...content) {
  const main = document.querySelector("main");
  const heading = el("h1", { tabindex: "-1" }, title);
  main.replaceChildren(heading, ...content.filter(Boolean));
  const isFirst = document.title === "Buurtkennis";
  document.title = `${title} | Buurtkennis`;
  if (!isFirst) heading.focus();
}

export function web(address) {
  return /^https?:\/\//.test(address ?? "") ? address : null;
}
