// What happens in every frame, or after it, and costs less here than in the program, from where each call to the
// browser and each string has its price (web/src/stage/canvas.rs, web/src/diagram).

/** Squares of one colour, so many pixels wide: the middle of each as two numbers. */
function squares(context, side, middles) {
  const half = side / 2;
  for (let at = 0; at < middles.length; at += 2) context.fillRect(middles[at] - half, middles[at + 1] - half, side, side);
}

/** What is left of rings, clockwise from the top: of each its middle, its radius and the part that is left. */
function rings(context, rings) {
  const top = -Math.PI / 2;
  for (let at = 0; at < rings.length; at += 4) {
    const x = rings[at];
    const y = rings[at + 1];
    const radius = rings[at + 2];
    context.moveTo(x, y - radius);
    context.arc(x, y, radius, top, top + 2 * Math.PI * rings[at + 3]);
  }
}

/**
 * Moves a diagram's picture and its playhead, in hundredths of a pixel; what stays where it is costs little.
 * Each part is moved by itself: what a style hands down, the browser looks up for all that is in it.
 */
function moveDiagram(diagram, shift, head) {
  const put = (part, name, value) => {
    for (const { style } of diagram.getElementsByClassName(part)) if (style[name] !== value) style[name] = value;
  };
  const [moved, at] = [shift, head].map((pixels) => `${Math.round(pixels * 100) / 100}px`);
  put("moving", "transform", `translateX(${moved})`);
  put("so-far", "width", at);
  put("playhead", "transform", `translateX(${at})`);
}

/** The items that were drawn in a place, by their text. */
const drawn = new WeakMap();
const model = document.createElementNS("http://www.w3.org/2000/svg", "g");

/** Draws one item for each line of SVG, in their order. Those that are there already stay, and cost nothing. */
function drawItems(place, text) {
  const lines = new Set(text.split("\n"));
  lines.delete("");
  const items = drawn.get(place) ?? new Map();
  for (const [line, item] of items) {
    if (lines.has(line)) continue;
    item.remove();
    items.delete(line);
  }
  let next = place.firstElementChild;
  for (const line of lines) {
    let item = items.get(line);
    if (item && item === next) {
      next = next.nextElementSibling;
      continue;
    }
    if (!item) {
      model.innerHTML = line;
      item = model.firstElementChild;
      items.set(line, item);
    }
    place.insertBefore(item, next);
  }
  drawn.set(place, items);
}

/** Calls back when the page has had time to show its picture, which browsers do first after an input. */
function afterPicture(callback) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    callback();
  };
  port2.postMessage(null);
}

Object.assign(globalThis.faultline, { squares, rings, moveDiagram, drawItems, afterPicture });
