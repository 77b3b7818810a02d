// Frames that are counted, and frames that come when a test says so, for runs that would take a learner an hour.

/** Before the page starts: what it asks the browser for is counted, frames and timers if nothing else is said. */
export function countAsked(names) {
  window.asked = 0;
  window.uncounted = window.requestAnimationFrame.bind(window);
  for (const name of names ?? ["requestAnimationFrame", "setTimeout", "setInterval", "requestIdleCallback"]) {
    const ask = window[name];
    window[name] = (...words) => {
      window.asked += 1;
      return ask.call(window, ...words);
    };
  }
}

/** How much the page has asked for. */
export const asked = (page) => page.evaluate(() => window.asked);

/** So many frames pass that nobody counts. */
export function framesPass(page, count) {
  return page.evaluate((left) => new Promise((resolve) => {
    const pass = () => ((left -= 1) ? window.uncounted(pass) : resolve());
    window.uncounted(pass);
  }), count);
}

/** Before the page starts: frames come when the test says so, and the program's memory can be seen. */
export function drive() {
  const asked = new Map();
  let number = 0;
  let now = 0;
  window.requestAnimationFrame = (callback) => (asked.set((number += 1), callback), number);
  window.cancelAnimationFrame = (number) => asked.delete(number);
  window.frames = (count, each) => {
    for (let frame = 0; frame < count; frame += 1) {
      now += each;
      const callbacks = [...asked.values()];
      asked.clear();
      for (const callback of callbacks) callback(now);
    }
    return asked.size;
  };
  const memories = new Set();
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const own = WebAssembly[name];
    WebAssembly[name] = async (...words) => {
      const made = await own.apply(WebAssembly, words);
      for (const value of Object.values((made.instance ?? made).exports)) if (value instanceof WebAssembly.Memory) memories.add(value);
      return made;
    };
  }
  window.programMemory = () => [...memories].reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
}
