// The reading list: numbers of publications, kept in this browser. The list itself is a page of the
// server, with the numbers in its address; this marks, counts and leads there.

const KEY = "leeslijst", MOST = 100;
const page = document.querySelector("[data-reading-list]");

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(kept) ? kept.filter(Number.isInteger).slice(0, MOST) : [];
  } catch {
    return []; // a browser can refuse
  }
}

function write(numbers) {
  try {
    localStorage.setItem(KEY, JSON.stringify(numbers.slice(0, MOST)));
  } catch {}
  show();
}

function show() {
  const kept = read();
  for (const button of document.querySelectorAll("[data-reading]")) {
    const on = kept.includes(+button.dataset.reading);
    button.hidden = false;
    button.setAttribute("aria-pressed", on);
    button.disabled = !on && kept.length >= MOST;
  }
  for (const all of document.querySelectorAll("[data-reading-all]")) {
    all.hidden = shown().every((number) => kept.includes(number));
  }
  for (const link of document.querySelectorAll("[data-reading-count]")) {
    link.hidden = !kept.length;
    link.querySelector("b").textContent = kept.length;
  }
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-reading], [data-reading-all], [data-reading-clear], [data-print]");
  if (!button) return;
  const kept = read();
  if ("print" in button.dataset) print();
  else if ("readingClear" in button.dataset) {
    write([]);
    location.assign(page.dataset.readingList);
  } else if ("readingAll" in button.dataset) {
    write([...new Set([...kept, ...shown()])]);
  } else {
    const number = +button.dataset.reading;
    const isMine = page && String(kept) === String(shown());
    const now = kept.includes(number) ? kept.filter((other) => other !== number) : [...kept, number];
    write(now);
    if (isMine) location.assign(now.length ? `?publicaties=${now}#inhoud` : page.dataset.readingList);
  }
});

function shown() {
  return [...page.querySelectorAll("[data-reading]")].map((button) => +button.dataset.reading);
}

if (page) {
  const kept = read();
  if (kept.length && !location.search) location.replace(`?publicaties=${kept}`);
  for (const part of page.querySelectorAll("[data-reading-mine], [data-print]")) part.hidden = false;
}
show();
addEventListener("storage", show); // another tab
addEventListener("pageshow", show);
