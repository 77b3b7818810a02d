// Between a learning platform and the lab: tells the platform by SCORM 1.2 how far the learner is, and
// gives the lab back where the learner was. The lab speaks as docs/embedding.md says.

(() => {
  /** As much as a platform has to keep. */
  const LONGEST = 4096;
  const lab = document.getElementById("lab");
  const began = Date.now();
  const api = find(window) ?? (window.opener && find(window.opener));
  let kept = "";
  let score = 0;
  let over = false;

  /** The adapter of the platform: in one of the windows around. */
  function find(from) {
    for (let at = from, levels = 0; levels < 10; at = at.parent, levels += 1) {
      try {
        if (at.API) return at.API;
      } catch {
        // A window of somebody else's.
      }
      if (at.parent === at) break;
    }
    return null;
  }

  function say(words) {
    const note = document.getElementById("note");
    note.textContent = words;
    note.hidden = false;
  }

  /** Tells the platform; if it refuses, so does this say. */
  function set(name, value) {
    if (api && api.LMSSetValue(name, value) !== "true") say(`The course did not take ${name}: ${api.LMSGetErrorString(api.LMSGetLastError())}`);
  }

  function commit() {
    if (api && api.LMSCommit("") !== "true") say("The course could not save this. What you do is kept while the page is open.");
  }

  function begin() {
    if (!api || api.LMSInitialize("") !== "true") return say("There is no course around this page: nothing is recorded.");
    const status = api.LMSGetValue("cmi.core.lesson_status");
    if (status === "" || status === "not attempted") set("cmi.core.lesson_status", "incomplete");
    set("cmi.core.score.min", "0");
    set("cmi.core.score.max", "100");
    set("cmi.core.exit", "suspend");
    score = Number(api.LMSGetValue("cmi.core.score.raw")) || 0;
    kept = api.LMSGetValue("cmi.suspend_data");
    commit();
  }

  /** A state that is too long goes without its runs: the place in the lab, the hints, the bet and what was solved are in it. */
  function keep(state) {
    const short = state.length > LONGEST ? state.replace(/^run .*$/m, "run ").replace(/^began .*\n/gm, "") : state;
    if (short.length <= LONGEST) set("cmi.suspend_data", short);
  }

  function grade({ step, steps, challenges, stars, mostStars }) {
    const solved = challenges.filter((challenge) => challenge.stars > 0).length;
    const reached = mostStars ? Math.round((100 * stars) / mostStars) : Math.round((100 * step) / Math.max(steps, 1));
    // Who looks in again later does not lose what was reached.
    score = Math.max(score, reached);
    set("cmi.core.score.raw", String(score));
    // Whoever solves everything needs no guide; where there is nothing to solve, the guided part is all.
    const guided = step >= steps;
    const passed = challenges.length ? solved === challenges.length : guided;
    const status = api?.LMSGetValue("cmi.core.lesson_status");
    if (passed) set("cmi.core.lesson_status", "passed");
    else if (guided && solved > 0 && status !== "passed") set("cmi.core.lesson_status", "completed");
  }

  function hear({ source, data }) {
    if (source !== lab.contentWindow || data?.faultline !== 1 || over) return;
    if (data.type === "ready" && kept) {
      source.postMessage({ faultline: 1, type: "load", lab: data.lab, state: kept }, "*");
      kept = "";
      return;
    }
    if (data.type === "state" && data.state) keep(data.state);
    else if (data.type === "progress") grade(data);
    else return;
    commit();
  }

  /** How long it took, as SCORM 1.2 writes it. */
  function duration() {
    const seconds = Math.floor((Date.now() - began) / 1000);
    const two = (number) => String(number).padStart(2, "0");
    return `${String(Math.floor(seconds / 3600)).padStart(4, "0")}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.00`;
  }

  function end() {
    if (over) return;
    over = true;
    set("cmi.core.session_time", duration());
    commit();
    api?.LMSFinish("");
  }

  begin();
  addEventListener("message", hear);
  addEventListener("pagehide", end);
  addEventListener("beforeunload", end);
})();
