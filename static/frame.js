// What happens in every frame and costs less here than in the program, from where each call to the
// browser and each string has its price (web/src/stage/canvas.rs, web/src/diagram).

/** Squares of one colour, so many pixels wide: the middle of each as two numbers. */
function squares(context, side, middles) {
  const half = side / 2;
  for (let at = 0; at < middles.length; at += 2) context.fillRect(middles[at] - half, middles[at + 1] - half, side, side);
}

/** Moves a diagram's picture and its playhead, in hundredths of a pixel; what stays where it is costs little. */
function moveDiagram({ style }, shift, head) {
  const put = (name, pixels) => {
    const place = `${Math.round(pixels * 100) / 100}px`;
    if (style.getPropertyValue(name) !== place) style.setProperty(name, place);
  };
  put("--shift", shift);
  put("--head", head);
}

Object.assign(globalThis.faultline, { squares, moveDiagram });
