// Types of what a page and a lab in it say to each other: docs/embedding.md. Version 1.

/** How many stars a challenge was solved with. */
export interface Score {
  raw: number;
  min: 0;
  max: 3;
  /** From 0 to 1. */
  scaled: number;
}

/** What every message in both directions has. */
interface Envelope<Type extends string> {
  /** The version of the contract. */
  faultline: 1;
  type: Type;
}

/** A lab, a model or a run is there, and takes orders from now on. */
export interface Ready extends Envelope<"ready"> {
  /** The version of the program. */
  version?: string;
  lab?: string | null;
  title?: string;
  model?: string;
  seed?: string;
}

/** So many pixels high is the content at its present width. */
export interface Resize extends Envelope<"resize"> {
  height: number;
}

/** The run as it is now, after the learner has done something. */
export interface State extends Envelope<"state"> {
  /** Which lab it is, as `load` takes it; null if it is none, or one without an address. */
  lab?: string | null;
  playing: boolean;
  /** Where in the run the learner looks. */
  milliseconds: number;
  /** What stands behind the page's address to open this very run. */
  link: string;
  /** Where in the lab the learner is: to be kept, and given back with `load` together with `lab`. */
  state: string | null;
}

/** How far the learner is in the lab. */
export interface Progress extends Envelope<"progress"> {
  lab: string;
  place: "bet" | "step" | "choice" | "challenge" | "free";
  step: number;
  steps: number;
  challenges: { id: string; title: string; stars: number }[];
  stars: number;
  mostStars: number;
}

/** What the learner has foreseen, and whether it came true as soon as that is known. */
export interface Prediction extends Envelope<"prediction"> {
  lab: string;
  /** `bet`, or the id of a challenge. */
  about: string;
  asked: string;
  answered: string;
  truth: string | null;
  right: boolean | null;
}

/** A challenge was solved. */
export interface Completed extends Envelope<"completed"> {
  lab: string;
  challenge: string;
  score: Score;
  /** As in ISO 8601: PT83S. */
  duration: string;
  /** The run that solves it, as a proof: `faultline verify LINK`, `faultline grade LAB LINK`. */
  link: string;
  /** A statement of xAPI without its actor, whom only the page around knows. */
  statement: {
    verb: { id: string; display: { en: string } };
    object: { objectType: "Activity"; id: string; definition: { name: { en: string }; type: string } };
    result: { score: Score; success: true; completion: true; duration: string; response: string };
  };
}

/** Something could not be opened, or the program has failed. */
export interface Fault extends Envelope<"error"> {
  message: string;
}

export type FromLab = Ready | Resize | State | Progress | Prediction | Completed | Fault;

/** What to open: one of these, and for a lab the state in which its learner was. */
export type Load =
  | { lab: string; seed?: number; state?: string }
  | { model: string; seed?: number }
  | { link: string };

export type ToLab =
  | Envelope<"play">
  | Envelope<"pause">
  | Envelope<"step">
  | Envelope<"reset">
  | (Envelope<"theme"> & { theme: "auto" | "light" | "dark" })
  /** As in the address; what is empty is taken back, and what is not there stays as it is. */
  | (Envelope<"look"> & { theme?: string; controls?: string; hide?: string })
  | (Envelope<"load"> & Load);

/** `<fault-line lab="L10" seed="7" theme="auto" controls="min" hide="diagram"></fault-line>` */
export interface FaultLineElement extends HTMLElement {
  play(): void;
  pause(): void;
  step(): void;
  reset(): void;
  load(what: Load): void;
  addEventListener<Type extends Exclude<FromLab["type"], "resize">>(
    type: Type,
    listener: (event: CustomEvent<Extract<FromLab, { type: Type }>>) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "fault-line": FaultLineElement;
  }
}
