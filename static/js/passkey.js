// Offers passkeys where the browser knows them, and says so when one did not work (allauth's script tells us by an event).
if (window.PublicKeyCredential) {
  for (const button of document.querySelectorAll("[data-passkey]")) button.hidden = false;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault(); // else it goes to the console only
  const problem = document.querySelector("[data-passkey-problem]");
  if (problem) problem.hidden = false;
});
