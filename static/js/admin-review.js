// The review view: a note only beside a “nee”, whose sentence goes into the other mails at once; one
// button for four times “ja”; and mails that show what will really be sent.
const REASON = "{reden}";

for (const mail of document.querySelectorAll(".review__decision textarea[name=mail_tekst]")) {
  const form = mail.closest("form");
  const usual = mail.defaultValue;
  if (!usual.includes(REASON)) continue;
  let shown = usual;

  // As the server does it: the chosen sentences and what was typed, one to a line.
  const reason = () => [
    ...[...form.querySelectorAll("[name=zinnen]:checked")].map((box) => box.closest("label").textContent.trim()),
    form.elements.namedItem("reden").value.trim(),
  ].filter(Boolean).join("\n");

  const fill = () => {
    if (mail.value !== shown) return; // edited by hand: it stays
    const text = reason();
    mail.value = text ? usual.replace(REASON, () => text) : usual.replace(`\n\n${REASON}`, "");
    shown = mail.value;
  };
  form.addEventListener("input", (event) => { if (event.target !== mail) fill(); });
  form.addEventListener("change", (event) => { if (event.target !== mail) fill(); });
  // Not touched: the server fills it in, so that nothing depends on this script.
  form.addEventListener("submit", () => { if (mail.value === shown) mail.value = usual; });
  addEventListener("pageshow", fill);
  fill();
}

for (const fieldset of document.querySelectorAll("[data-criterion]")) {
  const note = fieldset.querySelector("[data-note]");
  const boxes = document.querySelectorAll(`[name=zinnen][value="${fieldset.dataset.criterion}"]`);
  const show = () => { note.hidden = !fieldset.querySelector("input[value=nee]").checked; };
  note.querySelector("[data-ready]").hidden = boxes.length === 0;
  fieldset.addEventListener("change", (event) => {
    show();
    if (event.target.type !== "radio") return;
    for (const box of boxes) {
      box.checked = !note.hidden;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  show();
}

for (const button of document.querySelectorAll("[data-all-yes]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const yes of button.closest("form").querySelectorAll("input[value=ja]")) {
      yes.checked = true;
      yes.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
}
