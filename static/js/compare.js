// Marks up to four agencies for comparison and remembers them in this browser alone, from page to page and day to day.
// Without this module the address of the directory holds the marks. Works in the directory (checkboxes), on a profile
// (a button) and on the comparison (its links to add and to remove).
const KEY = "compare";
const tray = document.getElementById("ablage");
const hits = document.getElementById("treffer");
const most = Number(tray?.dataset.most ?? 4);

// ---- what is remembered: [[slug, name], ...] in the order of marking ----

function isMark(entry) {
  return Array.isArray(entry) && /^[\w-]{1,140}$/.test(entry[0]) && typeof entry[1] === "string" && entry[1].length < 200;
}

function remembered() {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(stored) ? stored.filter(isMark).slice(0, most) : [];
  } catch {
    return []; // storage switched off, or not ours: nothing was marked before
  }
}

function remember() {
  try {
    if (marked.size) localStorage.setItem(KEY, JSON.stringify([...marked]));
    else localStorage.removeItem(KEY);
  } catch {
    // the marks last as long as the page does
  }
}

let marked = new Map(remembered());

// ---- the tray at the foot of the page ----

function say(text) {
  document.getElementById("ablage-ansage").textContent = text;
}

function title() {
  return tray.dataset.title.replace("%(n)s", marked.size).replace("%(most)s", most);
}

function carry(address) {
  const url = new URL(address, location.href);
  url.searchParams.delete("a");
  for (const slug of marked.keys()) url.searchParams.append("a", slug);
  return url.pathname + url.search + url.hash;
}

function entry([slug, name]) {
  const item = document.getElementById("ablage-eintrag");
  const copy = item.content.cloneNode(true);
  copy.firstElementChild.dataset.slug = slug;
  copy.querySelector("span").textContent = name;
  copy.querySelector(".sr").textContent = item.dataset.remove.replace("%(name)s", () => name);
  return copy;
}

function showTray() {
  tray.hidden = marked.size === 0;
  tray.querySelector("h2").textContent = title();
  tray.querySelector("ul").replaceChildren(...[...marked].map(entry));
  tray.querySelector(".button").href = carry(tray.dataset.compareUrl);
}

// ---- the pages above it ----

function showHits() {
  const boxes = [...document.querySelectorAll("input[data-compare]")];
  for (const box of boxes) box.checked = marked.has(box.value);
  const here = new Set(boxes.map((box) => box.value));
  for (const field of hits.querySelectorAll("input[type=hidden][name=a]")) field.remove();
  for (const slug of marked.keys()) if (!here.has(slug)) hits.append(hidden(slug));
  for (const other of document.querySelectorAll("a[data-carries]")) other.href = carry(other.href);
  history.replaceState(history.state, "", carry(location.href));
}

function hidden(slug) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "a", value: slug });
  field.setAttribute("form", "filter");
  return field;
}

function showButtons() {
  for (const button of document.querySelectorAll("button[data-mark]")) {
    button.hidden = false;
    button.previousElementSibling.hidden = true; // the link that does without this module
    const isOn = marked.has(button.dataset.mark);
    button.querySelector("span").textContent = isOn ? button.dataset.on : button.dataset.off;
  }
}

function show() {
  showTray();
  if (hits) showHits();
  showButtons();
}

// ---- what people do ----

function mark(slug, name) {
  if (marked.size >= most) {
    tray.querySelector("h2").textContent = tray.dataset.full;
    say(tray.dataset.full);
    return false;
  }
  marked.set(slug, name);
  changed(tray.dataset.added, name);
  return true;
}

function unmark(slug) {
  const name = marked.get(slug);
  marked.delete(slug);
  changed(tray.dataset.removed, name);
}

function changed(words, name) {
  remember();
  show();
  say(`${words.replace("%(name)s", () => name)} ${title()}`);
}

function start() {
  if (hits && new URLSearchParams(location.search).has("a")) {
    const items = [...tray.querySelectorAll("li")];
    marked = new Map(items.map((item) => [item.dataset.slug, item.firstElementChild.textContent]));
    remember(); // whoever opens an address with marks goes on from there
  }

  document.addEventListener("change", ({ target }) => {
    if (!target.matches("input[data-compare]")) return;
    if (!target.checked) unmark(target.value);
    else target.checked = mark(target.value, target.dataset.compare);
  });

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-mark]");
    if (!button) return;
    const { mark: slug, name } = button.dataset;
    if (marked.has(slug)) unmark(slug);
    else mark(slug, name);
  });

  tray.addEventListener("click", (event) => {
    const remove = event.target.closest("li a");
    if (!remove) return;
    event.preventDefault();
    unmark(remove.closest("li").dataset.slug);
    (tray.querySelector("li a") ?? document.getElementById("inhalt")).focus();
  });

  window.addEventListener("storage", ({ key }) => {
    if (key !== KEY) return;
    marked = new Map(remembered());
    show();
  });

  document.addEventListener("htmx:afterSettle", show);
  window.addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    marked = new Map(remembered());
    show();
  });
  show();
}

// On a comparison the address says what is compared. What is added or removed there is remembered too, unless somebody
// looks at the comparison of somebody else and has marks of their own.
function follow() {
  const links = [...document.querySelectorAll("a[data-unmarks]")];
  const compared = new Map(links.map(({ dataset }) => [dataset.unmarks, dataset.name]));
  const isOurs = !marked.size || (marked.size === compared.size && [...marked.keys()].every((slug) => compared.has(slug)));
  document.addEventListener("click", ({ target }) => {
    const link = target.closest("a[data-unmarks], a[data-marks]");
    if (!link || !isOurs) return;
    marked = new Map(compared);
    if (link.dataset.unmarks) marked.delete(link.dataset.unmarks);
    else marked.set(link.dataset.marks, link.dataset.name);
    remember();
  });
}

follow();
if (tray) start();
