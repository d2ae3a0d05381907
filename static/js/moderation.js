// The decision screen by keyboard: 1, 2, 3 choose, Ctrl+Enter sends, n goes on. Without it the page works the same.
const form = document.querySelector("form.decision");
const outcomes = [...form.querySelectorAll("[name=outcome]")];
const { reason, passage, text } = form.elements;
const said = document.querySelector(".case");
let suggested = "";

// What is selected, without what a mark adds for screen readers: that is not the author's.
function wordsOf(selection) {
  const added = [...said.querySelectorAll("mark .sr")];
  for (const why of added) why.hidden = true;
  const words = selection.toString();
  for (const why of added) why.hidden = false;
  return words;
}

// Selected words of the review become the passage, added to what is there.
function takeSelection() {
  const chosen = getSelection();
  const words = wordsOf(chosen).trim();
  if (!words || !said.contains(chosen.anchorNode)) return;
  const lines = passage.value.split("\n").filter(Boolean);
  if (!lines.includes(words)) passage.value = [...lines, words].join("\n");
}

// The words of the chosen reason, unless somebody has begun to write their own.
function suggest() {
  const outcome = form.elements.outcome.value;
  const words = reason.selectedOptions[0]?.dataset[outcome] ?? "";
  if (text.value.trim() && text.value !== suggested) return;
  text.value = suggested = words;
}

function choose(radio) {
  radio.checked = true;
  takeSelection();
  suggest();
  if (radio.value === "publish") radio.focus();
  else (reason.value ? text : reason).focus();
}

for (const radio of outcomes) radio.addEventListener("click", (event) => event.detail && choose(radio));
for (const radio of outcomes) radio.addEventListener("change", suggest);
reason.addEventListener("change", suggest);

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    form.requestSubmit();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("textarea, select, input:not([type=radio])")) return;
  const radio = outcomes[Number(event.key) - 1];
  if (radio) {
    event.preventDefault();
    choose(radio);
  }
  if (event.key === "n") document.querySelector("[data-skip]")?.click();
});

// One decision for one click, however fast.
form.addEventListener("submit", (event) => {
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
addEventListener("pageshow", () => delete form.dataset.sent);
