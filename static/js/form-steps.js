// Shows the parts of a long form one by one. It stays one form: without this script all parts
// stand below each other.

const form = document.querySelector("form[data-steps]");
const parts = form ? [...form.querySelectorAll(".form__part")] : [];
const send = form?.querySelector(".form__send");
let current = 0;

function button(label, className, onClick) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = className;
  element.textContent = label;
  element.addEventListener("click", onClick);
  return element;
}

function show(index) {
  current = index;
  parts.forEach((part, i) => (part.hidden = i !== index));
  send.hidden = index !== parts.length - 1;
}

// Each step is an entry in the history, so that the browser's own "back" is a step back.
function go(index) {
  show(index);
  history.pushState({ step: index }, "");
  parts[index].querySelector("h2").focus();
}

function stepOf(element) {
  return parts.findIndex((part) => part.contains(element));
}

function prepare(part, i) {
  const title = part.querySelector("h2");
  title.tabIndex = -1;
  const count = document.createElement("p");
  count.className = "form__count";
  count.textContent = `Stap ${i + 1} van ${parts.length}`;
  title.before(count);

  const row = document.createElement("p");
  row.className = "row form__move";
  if (i > 0) row.append(button("Vorige", "btn btn--line", () => go(i - 1)));
  if (i < parts.length - 1) row.append(button("Volgende", "btn btn--geel", () => go(i + 1)));
  part.append(row);
}

if (parts.length > 1) {
  parts.forEach(prepare);
  form.classList.add("form--steps");

  // The enter key sends a form; before the last step it means "on".
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name) return; // a button of its own: “Vul in”, “Toch versturen”
    if (current < parts.length - 1) {
      event.preventDefault();
      go(current + 1);
    }
  });

  form.addEventListener("click", (event) => {
    const link = event.target.closest(".errors a");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    show(stepOf(field));
    field.scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  });

  window.addEventListener("popstate", (event) => {
    if (!event.state) return; // a link within the page
    show(event.state.step);
    parts[current].querySelector("h2").focus();
  });

  const wrong = form.querySelector(".field--error");
  const start = Math.max(0, stepOf(wrong));
  history.replaceState({ step: start }, "");
  show(start);
}

document.querySelector(".errors")?.focus();
