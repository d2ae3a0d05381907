// Says how many characters are left beside a text; the limit itself is checked by the server, nothing is cut off.

// As the server counts: a line break and an emoji are one character each.
const characters = (text) => [...text].length;

for (const box of document.querySelectorAll("[data-counter]")) {
  const text = box.querySelector("textarea");
  const line = box.querySelector("[data-count]");
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const say = () => {
    const left = Number(text.dataset.longest) - characters(text.value);
    const words = left < 0 ? box.dataset.counterOver : box.dataset.counter;
    line.textContent = words.replace("{n}", number.format(Math.abs(left)));
  };
  text.addEventListener("input", say);
  if (text.value) say();
}
