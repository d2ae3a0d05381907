// Passing an article on: the sheet of the system and the clipboard, each shown only where the browser has it.
// The mail link beside them works without any script.

const box = document.querySelector("[data-share]");
const sheet = box?.querySelector("[data-share-sheet]");
const copy = box?.querySelector("[data-share-copy]");
const { url, title } = box?.dataset ?? {};

if (sheet && navigator.share) {
  sheet.parentElement.hidden = false;
  sheet.addEventListener("click", async () => {
    try {
      await navigator.share({ title, url });
    } catch {
      // closed without choosing anybody
    }
  });
}

if (copy && navigator.clipboard) {
  copy.parentElement.hidden = false;
  copy.addEventListener("click", async () => {
    const state = box.querySelector("[data-share-state]");
    try {
      await navigator.clipboard.writeText(url);
      state.textContent = copy.dataset.done;
    } catch {
      state.textContent = url; // the browser refused: here it is, to mark and copy
    }
  });
}
