// Marks up to four agencies for comparison: the address holds them, the tray shows them, the tab remembers them.
const KEY = "compare";
const tray = document.getElementById("ablage");

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? [];
  } catch {
    return []; // storage switched off, or not ours: nothing was marked before
  }
}

function remember(marked) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify([...marked]));
  } catch {
    // the marks last as long as the address does
  }
}

function start() {
  const most = Number(tray.dataset.most);
  const title = tray.querySelector("h2");
  const list = tray.querySelector("ul");
  const link = tray.querySelector(".button");
  const item = document.getElementById("ablage-eintrag");
  const marked = new Map(inAddress().length ? fromServer() : remembered().slice(0, most));

  function inAddress() {
    return new URLSearchParams(location.search).getAll("a");
  }

  function fromServer() {
    return [...list.children].map((entry) => [entry.dataset.slug, entry.firstElementChild.textContent]);
  }

  function carry(address) {
    const url = new URL(address, location.href);
    url.searchParams.delete("a");
    for (const slug of marked.keys()) url.searchParams.append("a", slug);
    return url.pathname + url.search + url.hash;
  }

  function entry([slug, name]) {
    const copy = item.content.cloneNode(true);
    copy.firstElementChild.dataset.slug = slug;
    copy.querySelector("span").textContent = name;
    copy.querySelector(".sr").textContent = item.dataset.remove.replace("%(name)s", name);
    return copy;
  }

  function showTray() {
    tray.hidden = marked.size === 0;
    title.textContent = tray.dataset.title.replace("%(n)s", marked.size).replace("%(most)s", most);
    list.replaceChildren(...[...marked].map(entry));
    link.href = carry(tray.dataset.compareUrl);
  }

  function showHits() {
    const boxes = [...document.querySelectorAll("input[data-compare]")];
    for (const box of boxes) box.checked = marked.has(box.value);
    const here = new Set(boxes.map((box) => box.value));
    for (const field of document.querySelectorAll("#treffer input[type=hidden][name=a]")) field.remove();
    for (const slug of marked.keys()) if (!here.has(slug)) document.getElementById("treffer").append(hidden(slug));
    for (const other of document.querySelectorAll("a[data-carries]")) other.href = carry(other.href);
  }

  function hidden(slug) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "a", value: slug });
    field.setAttribute("form", "filter");
    return field;
  }

  function show() {
    showTray();
    showHits();
    remember(marked);
    history.replaceState(history.state, "", carry(location.href));
  }

  document.addEventListener("change", ({ target }) => {
    if (!target.matches("input[data-compare]")) return;
    if (target.checked && marked.size >= most) {
      target.checked = false;
      title.textContent = tray.dataset.full;
      return;
    }
    if (target.checked) marked.set(target.value, target.dataset.compare);
    else marked.delete(target.value);
    show();
  });

  list.addEventListener("click", (event) => {
    const remove = event.target.closest("a");
    if (!remove) return;
    event.preventDefault();
    marked.delete(remove.closest("li").dataset.slug);
    show();
    (list.querySelector("a") ?? document.getElementById("inhalt")).focus();
  });

  document.addEventListener("htmx:afterSettle", show);
  show();
}

if (tray) start();
