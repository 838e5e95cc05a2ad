/** What there is to say about a state. Plain sentences; whoever prints them breaks the lines. */
export interface StateText {
  /** One line for the overview, at most 56 characters. */
  readonly summary: string;
  readonly meaning: string;
  /** How a socket gets into it. */
  readonly entered?: string;
  /** How it gets out of it. */
  readonly left?: string;
  /** What many of them tell, and what to do about it. */
  readonly many?: string;
}

/** A text that leaves nothing out: what people meet every day deserves one. */
export type FullStateText = Required<StateText>;
