// Switches the theme by [data-theme]; without this module, or without storage, the system's setting holds.
const root = document.documentElement;

function kept() {
  try {
    return localStorage.getItem("theme");
  } catch {
    return null;
  }
}

function keep(theme) {
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // private mode or storage switched off: the choice lasts for this page
  }
}

function isDark() {
  const chosen = root.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

// The admin keeps "auto" under the same key.
if (["light", "dark"].includes(kept())) root.dataset.theme = kept();

for (const button of document.querySelectorAll("[data-theme-toggle]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    keep(root.dataset.theme);
  });
}
