// Behind each option stands how many agencies it would leave: new hits bring new numbers, which are written into the
// filters in place, so that nothing somebody chooses meanwhile is lost. Without htmx the whole page brings them.

function write(from) {
  const options = document.getElementById(from.dataset.countsFor).options;
  for (const [at, { text }] of [...from.options].entries()) if (options[at].text !== text) options[at].text = text;
}

document.addEventListener("htmx:afterSettle", () => {
  for (const select of document.querySelectorAll("select[data-counts-for]")) write(select);
});
