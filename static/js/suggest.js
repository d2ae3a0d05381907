// Makes a combobox of the search box: what the server suggests is chosen with the arrow keys, a click or a tap.
// Without this script the box is a plain input, and Enter searches either way.

function start(box) {
  const input = box.querySelector("input");
  const list = box.querySelector("[role=listbox]");
  const status = box.querySelector("[role=status]");
  let chosen = -1;
  let isTyping = false; // an answer that comes after Enter opens nothing

  const options = () => [...list.children];

  function mark(place) {
    chosen = place;
    options().forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
    const option = options()[place];
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  function open(isOpen) {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    mark(-1);
  }

  function received() {
    const count = options().length;
    open(count > 0 && isTyping);
    status.textContent = list.hidden ? "" : box.dataset.found.replace("{n}", count);
  }

  function follow(option) {
    open(false);
    location.assign(option.dataset.url);
  }

  function leave() {
    isTyping = false;
    open(false);
  }

  function step(by) {
    if (list.hidden) return;
    const count = options().length + 1; // one more for none: back in what was typed
    mark(((chosen + 1 + by + count) % count) - 1);
  }

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  open(false);

  list.addEventListener("htmx:afterSwap", received);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) open(options().length > 0);
      step(event.key === "ArrowDown" ? 1 : -1);
      event.preventDefault();
    } else if (event.key === "Enter" && !list.hidden && chosen >= 0) {
      event.preventDefault();
      follow(options()[chosen]);
    } else if (event.key === "Enter") {
      leave();
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault(); // closes the list first; the next one empties the box
      open(false);
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus, and the list open
  list.addEventListener("click", ({ target }) => {
    const option = target.closest("[role=option]");
    if (option) follow(option);
  });
  input.addEventListener("input", () => (isTyping = true));
  input.addEventListener("blur", leave);
}

for (const box of document.querySelectorAll("[data-suggest]")) start(box);
