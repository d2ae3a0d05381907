// Saves the draft while somebody types: the first change at once, which begins the browser's session, then two seconds
// after the last change, and when the page is left.
// The line above the form says what is true; the server words it.

const form = document.querySelector("form[data-draft]");
const line = document.querySelector("[data-draft-state]");
const QUIET = 2000; // milliseconds without a change
let timer;
let unsaved = false;
let begun = false;

async function save(leaving = false) {
  clearTimeout(timer);
  if (!unsaved) return;
  unsaved = false;
  try {
    const answer = await fetch(form.dataset.draft, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "application/json" },
      keepalive: leaving,
    });
    const said = await answer.json();
    line.textContent = said.saved ?? said.problem;
  } catch {
    unsaved = true;
    line.textContent = form.dataset.unsaved;
  }
}

function changed() {
  unsaved = true;
  clearTimeout(timer);
  timer = setTimeout(save, begun ? QUIET : 0);
  begun = true;
}

if (form && line) {
  form.addEventListener("input", changed);
  form.addEventListener("talks-changed", changed);
  form.addEventListener("submit", () => {
    unsaved = false; // the form itself carries everything
    clearTimeout(timer);
  });
  addEventListener("pagehide", () => save(true));
}
