/** What there is to say about a state, in sentences without line breaks. */
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

/** What its parts are called where it is shown. */
export const partLabels = { entered: 'Gets in', left: 'Gets out', many: 'Many' } as const;

/** A text with every part, for the states that people meet every day. */
export type FullStateText = Required<StateText>;
