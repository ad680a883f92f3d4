// The review view: a note only beside a “nee”, and one button for four times “ja”.
for (const fieldset of document.querySelectorAll(".review__criteria fieldset")) {
  const note = fieldset.querySelector("[data-note]");
  const show = () => { note.hidden = !fieldset.querySelector("input[value=nee]").checked; };
  fieldset.addEventListener("change", show);
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
