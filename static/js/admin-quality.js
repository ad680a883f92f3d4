// The publications' editor says what is still missing, while an editor types.
document.addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector("[data-quality]");
  const form = place?.closest("form");
  if (!form) return;
  const advice = place.querySelector("[data-quality-advice]");
  const said = place.querySelector("[data-quality-said]");
  const link = document.querySelector("[data-quality-count]");
  const names = [
    "title", "kind", "summary", "pillars", "facilities", "licence", "cover", "document", "year",
    "month", "day", "source_url", "doi", "isbn", "organisation",
  ];
  let timer, request;

  // Beside the publish button rather than in the menu above it.
  link?.closest("footer")?.querySelector("nav")?.append(link);
  place.closest("section")?.setAttribute("id", "wat-mist-er-nog");

  function count() {
    if (!link) return;
    const found = advice.firstElementChild.dataset;
    const required = Number(found.qualityRequired);
    const number = Number(found.qualityNumber);
    link.textContent = required ? `Nog ${required} nodig` : number ? `${number} kan beter` : "Er mist niets";
  }

  async function look() {
    const sent = new FormData(form);
    const query = new URLSearchParams({ page: place.dataset.page });
    for (const name of names) for (const value of sent.getAll(name)) query.append(name, value);
    if (query.get("summary")) query.set("summary", "ja"); // whether it is there is enough
    request?.abort();
    request = new AbortController();
    try {
      const answer = await fetch(`${place.dataset.quality}?${query}`, { signal: request.signal });
      if (!answer.ok) return;
      const found = await answer.text();
      if (found.trim() !== advice.innerHTML.trim()) advice.innerHTML = found;
      count();
    } catch {
      // Typed on, or no network: the page shows it when it is opened again.
    }
  }

  for (const button of place.querySelectorAll("[data-quality-post]")) {
    button.addEventListener("click", async (event) => {
      event.preventDefault(); // what was typed stays
      const sent = new FormData();
      sent.set("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
      button.disabled = true;
      try {
        const answer = await fetch(button.formAction, {
          method: "POST", body: sent, headers: { Accept: "text/plain" },
        });
        said.textContent = answer.ok ? await answer.text() : "Dat lukte niet. Probeer het nog eens.";
        look();
      } catch {
        said.textContent = "Dat lukte niet. Probeer het nog eens.";
      }
      button.disabled = false;
    });
  }

  for (const kind of ["input", "change"]) {
    form.addEventListener(kind, (event) => {
      if (!names.includes(event.target.name)) return;
      clearTimeout(timer);
      timer = setTimeout(look, 600);
    });
  }
  count();
});
