// A second click on a send button does nothing. The server takes the same send only once as well;
// this spares people the doubt.

const forms = [...document.querySelectorAll("form[method=post]")];

for (const form of forms) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-disabled", "true");
  });
}

// Back from the next page, the form can be sent again.
window.addEventListener("pageshow", () => {
  for (const form of forms) {
    delete form.dataset.sent;
    form.querySelector("[aria-disabled]")?.removeAttribute("aria-disabled");
  }
});
