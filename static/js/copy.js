// Copies the text of the element that data-copy names and says so; where copying is refused, selects it instead.

// Paragraphs are set apart as in the text itself, not as the page happens to lay them out.
const textOf = (element) => [...element.children].map((line) => line.textContent).join("\n\n");

async function copy(button) {
  const text = document.getElementById(button.dataset.copy);
  const status = button.parentElement.querySelector("[role=status]");
  status.textContent = ""; // said again when copied again
  try {
    await navigator.clipboard.writeText(textOf(text));
    status.textContent = button.dataset.copied;
  } catch {
    getSelection().selectAllChildren(text);
    status.textContent = button.dataset.selected;
  }
}

function show() {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-copy]");
  if (button) copy(button);
});
document.addEventListener("htmx:afterSettle", show);
show();
