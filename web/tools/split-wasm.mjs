// Splits the finished program in two: what the first screen needs, and the rest, which is loaded
// while the first screen is already being used.
//
// Rust links one module. Which functions can wait is told by their names; a function that only such
// functions call goes with them. Both halves share one memory and one table: the first calls the rest
// through the table, whose places stay empty until the rest is there (static/boot.js, web/src/rest.rs),
// and the rest imports what it needs of the first. Constant data (texts, most of it) goes where its
// readers are: what no function of the first reaches comes with the rest. Written here because Binaryen's own splitter is in
// neither of its packages that we could take (npm has none, Debian's cannot read today's modules).

const SECTION = { custom: 0, type: 1, import: 2, func: 3, table: 4, memory: 5, global: 6, export: 7, start: 8, element: 9, code: 10, data: 11, dataCount: 12 };
const KIND = { func: 0, table: 1, memory: 2, global: 3 };
const NO_OPERANDS = "none";
const OPERANDS = operandsOfInstructions();

/** What each instruction carries, by its opcode. */
function operandsOfInstructions() {
  const table = new Array(256).fill(null);
  const put = (operands, ...ranges) => {
    for (const [from, to = from] of ranges) table.fill(operands, from, to + 1);
  };
  put(NO_OPERANDS, [0x00, 0x01], [0x05], [0x0b], [0x0f], [0x1a, 0x1b], [0x45, 0xc4], [0xd1]);
  put("leb", [0x02, 0x04], [0x0c, 0x0d], [0x20, 0x26], [0x3f, 0x42], [0xd0]);
  put("leb leb", [0x11], [0x28, 0x3e]);
  put("function", [0x10], [0xd2]);
  put("labels", [0x0e]);
  put("types", [0x1c]);
  put("4 bytes", [0x43]);
  put("8 bytes", [0x44]);
  put("prefix", [0xfc]);
  return table;
}

/** After the prefix 0xfc: how many numbers follow the second opcode. */
const PREFIXED = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1];
const CALL = 0x10;
const I32_CONST = 0x41;
const I64_CONST = 0x42;
const IS_ACCESS = (opcode) => opcode >= 0x28 && opcode <= 0x3e;
const REF_FUNC = 0xd2;

class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  byte() {
    return this.bytes[this.at++];
  }
  number() {
    let value = 0;
    let shift = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 127) * shift;
      if (byte < 128) return value;
      shift *= 128;
    }
  }
  signed() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return byte & 64 && shift < 25 ? value | (-1 << (shift + 7)) : value;
    }
  }
  skipNumber() {
    while (this.byte() >= 128);
  }
  /** A number of 64 bits, as the two of 32 that it may have been made of. */
  halves() {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) {
        if (byte & 64) value -= 1n << (shift + 7n);
        return [value, value >> 32n].map((half) => Number(BigInt.asUintN(32, half)));
      }
    }
  }
  take(length) {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
  text() {
    return Buffer.from(this.take(this.number())).toString();
  }
  list(each) {
    return Array.from({ length: this.number() }, (_, index) => each(index));
  }
  /** The bytes that `read` goes over. */
  span(read) {
    const from = this.at;
    read();
    return this.bytes.subarray(from, this.at);
  }
  limits() {
    const flags = this.byte();
    return { flags, min: this.number(), max: flags & 1 ? this.number() : null };
  }
  /** A constant expression, up to and with its end. */
  constant() {
    return this.span(() => {
      for (let opcode = this.byte(); opcode !== 0x0b; opcode = this.byte()) this.operands(opcode);
    });
  }
  operands(opcode) {
    const operands = OPERANDS[opcode];
    if (operands === null) throw new Error(`an instruction that this splitter does not know: 0x${opcode.toString(16)}`);
    if (operands === "leb" || operands === "function") this.skipNumber();
    else if (operands === "leb leb") this.skipNumber(), this.skipNumber();
    else if (operands === "labels") this.list(() => this.skipNumber()), this.skipNumber();
    else if (operands === "types") this.list(() => this.byte());
    else if (operands === "4 bytes") this.at += 4;
    else if (operands === "8 bytes") this.at += 8;
    else if (operands === "prefix") {
      const second = this.number();
      if (PREFIXED[second] === undefined) throw new Error(`an instruction that this splitter does not know: 0xfc ${second}`);
      for (let left = PREFIXED[second]; left > 0; left--) this.skipNumber();
    }
  }
}

const leb = (value) => {
  const bytes = [];
  do {
    bytes.push((value % 128) | (value >= 128 ? 128 : 0));
    value = Math.floor(value / 128);
  } while (value > 0);
  return Buffer.from(bytes);
};
const signed = (value) => {
  const bytes = [];
  for (;;) {
    const low = value & 127;
    value >>= 7;
    const done = (value === 0 && !(low & 64)) || (value === -1 && low & 64);
    bytes.push(done ? low : low | 128);
    if (done) return Buffer.from(bytes);
  }
};
const join = (...parts) => Buffer.concat(parts.flat());
const text = (value) => join(leb(Buffer.byteLength(value)), Buffer.from(value));
const list = (items) => join(leb(items.length), items);
const limits = ({ flags, min, max }) => join(Buffer.from([flags]), leb(min), max === null ? [] : leb(max));
const section = (id, content) => join(Buffer.from([id]), leb(content.length), content);
const constant = (value) => join(Buffer.from([0x41]), signed(value), Buffer.from([0x0b]));

function parse(bytes) {
  const module = { sections: new Map(), names: [] };
  const reader = new Reader(bytes, 8);
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const content = reader.take(reader.number());
    if (id !== SECTION.custom) module.sections.set(id, content);
    else readNames(new Reader(content), module.names);
  }
  const rows = (id, each) => {
    if (!module.sections.has(id)) return [];
    const rowReader = new Reader(module.sections.get(id));
    return rowReader.list(() => each(rowReader));
  };

  module.imports = rows(SECTION.import, (row) => {
    const path = row.span(() => (row.text(), row.text()));
    const kind = row.byte();
    if (kind === KIND.func) return { path, kind, type: row.number() };
    if (kind === KIND.table) return { path, kind, element: row.byte(), limits: row.limits() };
    if (kind === KIND.memory) return { path, kind, limits: row.limits() };
    return { path, kind, type: row.take(2) };
  });
  const imported = (kind) => module.imports.filter((row) => row.kind === kind);
  module.imported = imported(KIND.func).length;
  if (imported(KIND.table).length || imported(KIND.memory).length || imported(KIND.global).length) {
    throw new Error("the program imports a table, a memory or a global, which this splitter does not expect");
  }
  const types = rows(SECTION.func, (row) => row.number());
  const bodies = rows(SECTION.code, (row) => row.take(row.number()));
  module.functions = [
    ...imported(KIND.func).map(({ type }) => ({ type, body: null })),
    ...bodies.map((body, index) => ({ type: types[index], body, ...mentionsOf(body) })),
  ];
  module.tables = rows(SECTION.table, (row) => ({ element: row.byte(), limits: row.limits() }));
  module.memories = rows(SECTION.memory, (row) => row.limits());
  module.globals = rows(SECTION.global, (row) => ({ type: row.take(2), value: row.constant() }));
  module.exports = rows(SECTION.export, (row) => ({ name: row.text(), kind: row.byte(), index: row.number() }));
  module.elements = rows(SECTION.element, (row) => {
    const flags = row.number();
    if (flags !== 0) throw new Error(`an element segment of a kind that this splitter does not expect: ${flags}`);
    if (row.byte() !== 0x41) throw new Error("an element segment whose place is not a plain number");
    const start = row.number();
    row.byte();
    return { start, functions: row.list(() => row.number()) };
  });
  module.data = rows(SECTION.data, (row) => {
    const flags = row.number();
    if (flags !== 0) throw new Error(`a data segment of a kind that this splitter does not expect: ${flags}`);
    if (row.byte() !== I32_CONST) throw new Error("a data segment whose place is not a plain number");
    const start = row.signed();
    row.byte();
    return { start, bytes: row.take(row.number()) };
  });
  return module;
}

function readNames(reader, names) {
  if (reader.text() !== "name") return;
  while (reader.at < reader.bytes.length) {
    const kind = reader.byte();
    const content = new Reader(reader.take(reader.number()));
    if (kind === 1) content.list(() => (names[content.number()] = content.text()));
  }
}

/**
 * What a body mentions: other functions, with the place and length of each mention, and every number
 * that may be an address.
 */
function mentionsOf(body) {
  const reader = new Reader(body);
  reader.list(() => (reader.number(), reader.byte()));
  const calls = [];
  const addresses = [];
  while (reader.at < body.length) {
    const opcode = reader.byte();
    if (OPERANDS[opcode] === "function") {
      const from = reader.at - 1;
      calls.push({ opcode, target: reader.number(), from, to: reader.at });
    } else if (opcode === I32_CONST) {
      addresses.push(reader.signed());
    } else if (opcode === I64_CONST) {
      // An address and a length that are stored side by side are stored at once.
      addresses.push(...reader.halves());
    } else if (IS_ACCESS(opcode)) {
      reader.skipNumber();
      addresses.push(reader.number());
    } else {
      reader.operands(opcode);
    }
  }
  return { calls, addresses };
}

/**
 * The functions that can wait: those told by name, and those that nothing else leads to. What is exported
 * or in the table may be called by anybody.
 */
function chooseLater(module, isLater) {
  const exported = new Set(module.exports.filter((row) => row.kind === KIND.func).map((row) => row.index));
  if (module.sections.has(SECTION.start)) exported.add(new Reader(module.sections.get(SECTION.start)).number());
  const named = new Set();
  const names = module.names.map((name) => name.replace(/\[[0-9a-f]+\]/g, "")); // faultline[f3a1…]::models
  const there = new Set(names);
  module.functions.forEach(({ body }, index) => {
    if (body && !exported.has(index) && isLater(names[index] ?? "", body.length, (name) => there.has(name))) named.add(index);
  });
  const stays = new Set();
  const reached = [...exported, ...module.elements.flatMap((segment) => segment.functions)];
  while (reached.length > 0) {
    const index = reached.pop();
    if (stays.has(index) || named.has(index)) continue;
    stays.add(index);
    for (const { target } of module.functions[index].calls ?? []) reached.push(target);
  }
  const all = module.functions.map((_, index) => index);
  return new Set(all.filter((index) => module.functions[index].body && !stays.has(index)));
}

/**
 * The objects in memory that the functions which stay can reach: those whose addresses they mention, and
 * those whose addresses stand in such objects.
 */
function reachedObjects(module, stays, objects, memory) {
  const holder = (address) => {
    let [low, high] = [0, objects.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (objects[middle].start <= address) low = middle;
      else high = middle;
    }
    const object = objects[low];
    return address >= object.start && address < object.start + object.size ? object : undefined;
  };
  const reached = new Set();
  const waiting = stays.flatMap((index) => module.functions[index].addresses ?? []);
  while (waiting.length > 0) {
    const object = holder(waiting.pop());
    if (!object || reached.has(object)) continue;
    reached.add(object);
    const last = object.start + object.size - 4;
    for (let at = (object.start + 3) & ~3; at <= last; at += 4) waiting.push(memory.readUInt32LE(at - objects[0].start));
  }
  return reached;
}

/** The memory between two addresses before the program starts. */
function imageOf({ data }, start, end) {
  const bytes = Buffer.alloc(end - start);
  for (const segment of data) bytes.set(segment.bytes, segment.start - start);
  return bytes;
}

/** A hole in a segment costs about as many bytes as this, so shorter ones are not made. */
const WORTH_A_HOLE = 12;

/**
 * Cuts the data into the segments that stay and those that can wait. All stays when it is not known which
 * objects there are.
 */
function divideData(module, stays, chunks) {
  if (chunks.length === 0) return [module.data, []];
  const memory = imageOf(module, chunks[0].start, chunks.at(-1).start + chunks.at(-1).size);
  const objects = chunks.flatMap((chunk) => (chunk.strings ? stringsOf(chunk, memory, chunks[0].start) : [chunk]));
  const reached = reachedObjects(module, stays, objects, memory);
  const idle = [];
  for (const { start, size } of objects.filter((object) => !reached.has(object))) {
    if (idle.at(-1)?.to === start) idle.at(-1).to += size;
    else idle.push({ from: start, to: start + size });
  }
  const [staying, waiting] = [[], []];
  for (const { start, bytes } of module.data) {
    let from = start;
    const cut = (to, half) => {
      const end = Math.min(to, start + bytes.length);
      if (end > from) half.push({ start: from, bytes: bytes.subarray(from - start, end - start) });
      from = Math.max(from, end);
    };
    for (const run of idle) {
      if (run.to - run.from < WORTH_A_HOLE || run.to <= start) continue;
      cut(run.from, staying);
      cut(run.to, waiting);
    }
    cut(start + bytes.length, staying);
  }
  return [staying, waiting];
}

/** The strings of a chunk in which the linker has put those that end alike into one: each ends with a zero. */
function stringsOf({ start, size }, memory, origin) {
  const strings = [];
  for (let at = start; at < start + size; at = strings.at(-1).start + strings.at(-1).size) {
    const zero = memory.indexOf(0, at - origin) + origin;
    strings.push({ start: at, size: (zero < at || zero >= start + size ? start + size : zero + 1) - at });
  }
  return strings;
}

const dataOf = (segments) => list(segments.map(({ start, bytes }) => join(Buffer.from([0]), constant(start), leb(bytes.length), bytes)));

/** A body in which every mention of a function is written anew. */
function rewrite({ body, calls }, mention) {
  const parts = [];
  let at = 0;
  for (const call of calls) {
    parts.push(body.subarray(at, call.from), mention(call));
    at = call.to;
  }
  parts.push(body.subarray(at));
  const whole = join(parts);
  return join(leb(whole.length), whole);
}

/** Runs of places in the table that follow each other. */
function segments(places) {
  const runs = [];
  for (const [place, index] of [...places].sort((a, b) => a[0] - b[0])) {
    const last = runs.at(-1);
    if (last && last.start + last.functions.length === place) last.functions.push(index);
    else runs.push({ start: place, functions: [index] });
  }
  return list(runs.map((run) => join(Buffer.from([0]), constant(run.start), list(run.functions.map(leb)))));
}

const HEADER = Buffer.from("\0asm\x01\0\0\0", "latin1");

/**
 * Splits a module that still has its names.
 * @param {Buffer} bytes the module
 * @param {(name: string, size: number, isThere: (name: string) => boolean) => boolean} isLater whether the
 *   function of that name and size can wait; it may ask whether there is one of another name
 * @param {{start: number, size: number, strings: boolean}[]} chunks what the linker has put where in memory, in
 *   the order of the addresses, and whether that is a heap of strings; if there are none, all data stays
 * @returns {{first: Buffer, rest: Buffer, moved: string[]}}
 */
export function split(bytes, isLater, chunks) {
  const module = parse(bytes);
  const later = chooseLater(module, isLater);
  const stays = module.functions.map((_, index) => index).filter((index) => !later.has(index));
  const goes = [...later].sort((a, b) => a - b);
  const [staying, waiting] = divideData(module, stays, chunks);
  const table = module.tables.findIndex(({ element }) => element === 0x70);

  // The places of the functions in the table that both halves share.
  const places = new Map(module.elements.flatMap(({ start, functions }) => functions.map((index, at) => [start + at, index])));
  const placeOf = new Map([...places].map(([place, index]) => [index, place]));
  const { limits: size } = module.tables[table];
  const give = (index) => {
    if (placeOf.has(index)) return;
    placeOf.set(index, size.min);
    places.set(size.min, index);
    size.min += 1;
  };
  for (const index of stays) for (const call of module.functions[index].calls ?? []) if (later.has(call.target)) give(call.target);
  if (size.max !== null) size.max = Math.max(size.max, size.min);

  const asked = new Set(goes.flatMap((index) => module.functions[index].calls.map((call) => call.target)).filter((target) => !later.has(target)));
  const shared = [...asked].sort((a, b) => a - b);
  const inFirst = new Map(stays.map((index, at) => [index, at]));
  const inRest = new Map([...shared, ...goes].map((index, at) => [index, at]));
  const kept = [...places].filter(([, index]) => !later.has(index)).map(([place, index]) => [place, inFirst.get(index)]);
  const filled = [...places].filter(([, index]) => later.has(index)).map(([place, index]) => [place, inRest.get(index)]);

  const callFirst = ({ opcode, target }) => {
    if (!later.has(target)) return join(Buffer.from([opcode]), leb(inFirst.get(target)));
    if (opcode !== CALL) throw new Error("a reference to a function that is loaded later");
    return join(Buffer.from([0x41]), signed(placeOf.get(target)), Buffer.from([0x11]), leb(module.functions[target].type), leb(table));
  };
  const callRest = ({ opcode, target }) => {
    if (opcode === REF_FUNC) throw new Error("a reference to a function in what is loaded later");
    return join(Buffer.from([CALL]), leb(inRest.get(target)));
  };

  const exported = [
    ...module.exports.map((row) => ({ ...row, index: row.kind === KIND.func ? inFirst.get(row.index) : row.index })),
    ...shared.map((index, at) => ({ name: `f${at}`, kind: KIND.func, index: inFirst.get(index) })),
    ...module.tables.map((_, index) => ({ name: `t${index}`, kind: KIND.table, index })),
    ...module.memories.map((_, index) => ({ name: `m${index}`, kind: KIND.memory, index })),
    ...module.globals.map((_, index) => ({ name: `g${index}`, kind: KIND.global, index })),
  ];
  const copied = (id) => (module.sections.has(id) ? section(id, module.sections.get(id)) : Buffer.alloc(0));
  const defined = stays.filter((index) => module.functions[index].body);
  const first = join(
    HEADER,
    copied(SECTION.type),
    copied(SECTION.import),
    section(SECTION.func, list(defined.map((index) => leb(module.functions[index].type)))),
    section(SECTION.table, list(module.tables.map((row) => join(Buffer.from([row.element]), limits(row.limits))))),
    copied(SECTION.memory),
    copied(SECTION.global),
    section(SECTION.export, list(exported.map(({ name, kind, index }) => join(text(name), Buffer.from([kind]), leb(index))))),
    module.sections.has(SECTION.start)
      ? section(SECTION.start, leb(inFirst.get(new Reader(module.sections.get(SECTION.start)).number())))
      : [],
    section(SECTION.element, segments(kept)),
    section(SECTION.dataCount, leb(staying.length)),
    section(SECTION.code, list(defined.map((index) => rewrite(module.functions[index], callFirst)))),
    section(SECTION.data, dataOf(staying)),
  );

  const from = (name, kind, what) => join(text("first"), text(name), Buffer.from([kind]), what);
  const rest = join(
    HEADER,
    copied(SECTION.type),
    section(
      SECTION.import,
      list([
        ...shared.map((index, at) => from(`f${at}`, KIND.func, leb(module.functions[index].type))),
        ...module.tables.map((row, index) => from(`t${index}`, KIND.table, join(Buffer.from([row.element]), limits(row.limits)))),
        ...module.memories.map((row, index) => from(`m${index}`, KIND.memory, limits(row))),
        ...module.globals.map((row, index) => from(`g${index}`, KIND.global, row.type)),
      ]),
    ),
    section(SECTION.func, list(goes.map((index) => leb(module.functions[index].type)))),
    section(SECTION.element, segments(filled)),
    section(SECTION.code, list(goes.map((index) => rewrite(module.functions[index], callRest)))),
    section(SECTION.data, dataOf(waiting)),
  );
  return { first, rest, moved: goes.map((index) => module.names[index] ?? `${index}`) };
}
