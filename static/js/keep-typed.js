// What somebody types in the contribution form stays in this browser, until it has been sent: a
// reload, a time-out or a failed send loses nothing. No files; gone after seven days, on “Wis wat ik
// typte”, and when the contribution has arrived.

const PREFIX = "getypt:";
const DAYS = 7 * 24 * 60 * 60 * 1000;
const JUST = 10 * 60 * 1000;
const NOT_KEPT = ["csrfmiddlewaretoken", "sleutel", "begonnen", "deur", "website", "toch"];

// A browser can refuse: then nothing is kept, and the form works as ever.
function read(door) {
  try {
    const kept = JSON.parse(localStorage.getItem(PREFIX + door));
    if (kept && Date.now() - kept.at < DAYS) return kept;
    localStorage.removeItem(PREFIX + door);
  } catch {}
  return null;
}

function write(door, kept) {
  try {
    if (kept) localStorage.setItem(PREFIX + door, JSON.stringify(kept));
    else localStorage.removeItem(PREFIX + door);
  } catch {}
}

function answersOf(form) {
  const answers = {};
  for (const input of form.elements) {
    if (!input.name || NOT_KEPT.includes(input.name)) continue;
    if (["file", "hidden", "submit", "button"].includes(input.type)) continue;
    if (["checkbox", "radio"].includes(input.type)) {
      if (input.checked) (answers[input.name] ||= []).push(input.value);
    } else if (input.value) {
      answers[input.name] = [input.value];
    }
  }
  return answers;
}

function restore(form, answers) {
  for (const input of form.elements) {
    const values = answers[input.name];
    if (!values || input.type === "file" || input.type === "hidden") continue;
    if (["checkbox", "radio"].includes(input.type)) input.checked = values.includes(input.value);
    else input.value = values[0];
  }
}

function tell(form, door) {
  const notice = document.createElement("div");
  notice.className = "notice row";
  notice.setAttribute("role", "status");
  const text = document.createElement("p");
  text.textContent = "Je was al begonnen. Wat je typte, staat er weer. Een bestand kies je opnieuw.";
  const wipe = document.createElement("button");
  Object.assign(wipe, { type: "button", className: "btn btn--line", textContent: "Wis wat ik typte" });
  wipe.addEventListener("click", () => {
    write(door, null);
    form.reset();
    text.textContent = "Wat je typte, is gewist.";
    wipe.remove();
    text.tabIndex = -1;
    text.focus();
  });
  notice.append(text, wipe);
  form.before(notice);
}

function keep(form) {
  const door = form.dataset.keep;
  const cameBack = "cameBack" in form.dataset; // with the answers in it already
  const kept = read(door);
  if (kept?.sent) write(door, { at: kept.at, answers: kept.answers }); // it did not arrive
  if (kept && !cameBack && Object.keys(kept.answers).length) {
    restore(form, kept.answers);
    tell(form, door);
  }
  const save = () => {
    const answers = answersOf(form);
    write(door, Object.keys(answers).length ? { at: Date.now(), answers } : null);
  };
  if (cameBack) save();
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 300);
  });
  window.addEventListener("pagehide", () => timer && !form.dataset.sent && save());
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    clearTimeout(timer);
    const answers = answersOf(form);
    write(door, { at: Date.now(), sent: Date.now(), answers });
  });
}

const form = document.querySelector("form[data-keep]");
if (form) keep(form);

// The page of a contribution: what was sent just now has arrived.
for (const arrived of document.querySelector("[data-arrived]")?.dataset.arrived.split(" ") ?? []) {
  const sent = read(arrived)?.sent;
  if (sent && Date.now() - sent < JUST) write(arrived, null);
}
