// Fills the blanks of letters while somebody types. Nothing leaves the browser: journeys/letters/filling.py does the
// same by a round trip where there is no script.
const form = document.querySelector("form[data-blanks]");
const LOCALES = { de: "de", en: "en-GB" };

function day(field, language) {
  const format = new Intl.DateTimeFormat(LOCALES[language], { day: "numeric", month: "long", timeZone: "UTC" });
  return field.valueAsDate ? format.format(field.valueAsDate) : "";
}

function written(name, language) {
  const field = form.elements[name];
  return field.type === "date" ? day(field, language) : field.value.trim().replace(/\s+/g, " ");
}

function lines(letter, selector) {
  return [...letter.querySelectorAll(selector)].map((line) => line.textContent).join("\n\n");
}

function fill(letter) {
  const { lang } = letter.querySelector("[data-text]");
  const blanks = [...letter.querySelectorAll("[data-blank]")];
  for (const blank of blanks) {
    const value = written(blank.dataset.blank, lang);
    blank.textContent = value || blank.dataset.empty;
    blank.classList.toggle("open", !value);
  }
  linkMail(letter);
  if (blanks.some((blank) => !blank.classList.contains("open"))) linkText(letter);
}

function linkMail(letter) {
  const subject = encodeURIComponent(lines(letter, "[data-subject]"));
  const body = encodeURIComponent(lines(letter, "[data-body] p").replaceAll("\n", "\r\n"));
  const link = `mailto:?subject=${subject}`;
  const whole = `${link}&body=${body}`;
  const isLong = whole.length > Number(form.dataset.blanks);
  letter.querySelector("[data-mail]").href = isLong ? link : whole;
  letter.querySelector("[data-too-long]").hidden = !isLong;
}

function linkText(letter) {
  const link = letter.querySelector("[data-plain]");
  link.download = link.dataset.plain;
  link.href = `data:text/plain;charset=utf-8,${encodeURIComponent(`${lines(letter, "[data-text] :is(h3, li, p)")}\n`)}`;
}

function fillAll() {
  for (const letter of document.querySelectorAll("[data-letter]")) fill(letter);
}

function start() {
  for (const note of form.querySelectorAll("[data-with-script]")) note.hidden = false;
  form.addEventListener("input", fillAll);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("htmx:afterSettle", fillAll); // another version of the letters came
  fillAll();
}

if (form) start();
