// A button that copies the text of another element: data-copy holds its id. It is hidden until here,
// because without a script people select the text themselves.

const SAID = 3000; // milliseconds that “Gekopieerd” stays

for (const button of document.querySelectorAll("button[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  const label = button.querySelector("span");
  const before = label.textContent;
  if (!text) continue;
  label.setAttribute("aria-live", "polite"); // a role would take the name off the button
  button.hidden = false;

  let timer;
  button.addEventListener("click", async () => {
    try {
      await copy(text);
      label.textContent = "Gekopieerd";
    } catch {
      getSelection().selectAllChildren(text); // not allowed here: then it only needs Ctrl-C
      label.textContent = "Geselecteerd";
    }
    clearTimeout(timer);
    timer = setTimeout(() => { label.textContent = before; }, SAID);
  });
}

// With its italics, for who pastes it into a text.
function copy(element) {
  const plain = element.innerText.trim();
  if (!window.ClipboardItem) return navigator.clipboard.writeText(plain);
  return navigator.clipboard.write([new ClipboardItem({
    "text/plain": new Blob([plain], { type: "text/plain" }),
    "text/html": new Blob([element.innerHTML], { type: "text/html" }),
  })]);
}
