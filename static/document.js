// What a browser does by itself for a site of documents and forms, and not for a page that is one of all:
// a title for every place, its beginning in sight and in focus, and Enter in a field that presses the
// button beside it. Screens do nothing for this; their first heading and the class `entry` say it all.

const NAME = document.title;
const app = document.getElementById("app");
/** The places in the browser's history that were shown: who comes back to one finds it as the browser keeps it. */
const seen = new Set();
/** Whether somebody went to a new place that is not there yet. */
let moved = false;

/** What the heading says; where models can be chosen it says which is. */
function words(heading) {
  const [chosen] = heading.querySelector("select")?.selectedOptions ?? [];
  return (chosen ?? heading).textContent;
}

/** Names the place, and goes to its beginning if it is a new one. */
function arrive() {
  const heading = app.querySelector("h1");
  // While a place is loaded there is nothing to name.
  if (!heading || heading.closest(".boot")) return;
  document.title = heading.closest(".home") ? NAME : `${words(heading)} · Faultline`;
  if (!moved) return;
  moved = false;
  scrollTo(0, 0);
  // The focus is never taken from a page around this one.
  if (window.parent !== window && !document.hasFocus()) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

function leave() {
  const place = globalThis.navigation?.currentEntry?.key;
  moved = place === undefined || !seen.has(place);
  seen.add(place);
}

function press(event) {
  const { key, target, repeat, isComposing } = event;
  if (key !== "Enter" || repeat || isComposing || target.localName !== "input") return;
  const button = target.closest(".entry")?.querySelector("button");
  if (!button) return;
  // Where the focus goes next, the key presses nothing else.
  event.preventDefault();
  button.click();
}

leave();
moved = false;
// A screen is what stands in #app, so another one is a change there; what changes inside of it is none.
new MutationObserver(arrive).observe(app, { childList: true });
window.addEventListener("hashchange", () => {
  leave();
  setTimeout(arrive);
});
app.addEventListener("change", ({ target }) => target.closest("h1") && setTimeout(arrive));
document.addEventListener("keydown", press);
