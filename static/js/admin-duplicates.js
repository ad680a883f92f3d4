// The publications' editor says what the library has already, while an editor types.
document.addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector("[data-duplicates]");
  const form = place?.closest("form");
  if (!form) return;
  const names = ["title", "year", "source_url", "doi", "isbn"];
  let timer, request;

  async function look() {
    const query = new URLSearchParams({ page: place.dataset.page });
    for (const name of names) {
      const value = form.elements.namedItem(name)?.value.trim();
      if (value) query.set(name, value);
    }
    request?.abort();
    request = new AbortController();
    try {
      const answer = await fetch(`${place.dataset.duplicates}?${query}`, { signal: request.signal });
      if (!answer.ok) return;
      const found = await answer.text();
      if (found.trim() !== place.innerHTML.trim()) place.innerHTML = found;
    } catch {
      // Typed on, or no network: the page shows it when it is opened again.
    }
  }

  form.addEventListener("input", (event) => {
    if (!names.includes(event.target.name)) return;
    clearTimeout(timer);
    timer = setTimeout(look, 600);
  });
});
