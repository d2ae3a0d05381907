// Adds a block for one more interview without a round trip. Without this script the same button sends the form.

const MOST = 8;
const count = document.querySelector("[data-talks]");
const row = document.querySelector("[data-add-talk]");
const template = document.querySelector("[data-talk-template]");

function add(event) {
  event.preventDefault();
  const index = Number(count.value);
  const holder = document.createElement("div");
  holder.innerHTML = template.innerHTML
    .replaceAll("__prefix__", String(index))
    .replaceAll("__number__", String(index + 1));
  const block = holder.firstElementChild;
  row.before(block);
  count.value = String(index + 1);
  row.hidden = index + 1 >= MOST;
  block.focus();
  row.closest("form").dispatchEvent(new Event("talks-changed"));
}

row?.querySelector("button").addEventListener("click", add);
