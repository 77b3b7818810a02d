// When the program has failed: stop it, say so, and lose nothing.
//
// Panics arrive from Rust (web/src/dom/crash.rs) with their text, just before the browser reports the
// trap that follows; mistakes in JavaScript arrive as uncaught errors. The first of them is the cause
// and is shown; what comes after is noise.

const dialog = document.getElementById("crash");
const report = document.getElementById("crash-report");
const leave = document.getElementById("crash-leave");
const status = document.getElementById("crash-status");

function stop(what) {
  if (dialog.open) return;
  // A program that has failed must neither be used nor go on drawing.
  document.getElementById("app").inert = true;
  window.requestAnimationFrame = () => 0;

  const { version, wasm } = document.getElementById("entry").dataset;
  window.dispatchEvent(new CustomEvent("faultline:fault", { detail: what }));
  report.value = [
    what,
    "",
    `Link: ${location.href}`,
    `Version: ${version} (${wasm.startsWith("data:") ? "one file" : wasm})`,
    `Browser: ${navigator.userAgent}`,
  ].join("\n");
  // What fails at once when it is opened would fail again. A course's page has its own ways out.
  leave.hidden = window.top !== window;
  dialog.showModal();
  // Not by an attribute: browsers complain of it in a frame of somebody else's page.
  document.getElementById("crash-reload").focus();
}

async function copy() {
  try {
    await navigator.clipboard.writeText(report.value);
    status.textContent = "Copied.";
  } catch {
    // A page inside another one may not be allowed to write to the clipboard.
    report.select();
    status.textContent = "The browser did not allow copying: the report is selected, copy it by hand.";
  }
}

document.getElementById("crash-copy").addEventListener("click", copy);
document.getElementById("crash-reload").addEventListener("click", () => location.reload());

leave.addEventListener("click", () => {
  location.hash = "";
  location.reload();
});

window.addEventListener("faultline:panic", (event) => stop(`${event.detail}\n${new Error().stack}`));
window.addEventListener("error", ({ error }) => {
  // Notices without an error object are not ours: a browser's own, or another site's script.
  if (error) stop(error.stack ?? String(error));
});
window.addEventListener("unhandledrejection", ({ reason }) => stop(reason?.stack ?? String(reason)));
