/** The explanation of a state, in sentences without line breaks. */
export interface StateText {
  /** One line for the overview, at most 56 characters. */
  readonly summary: string;
  readonly meaning: string;
  /** How a socket enters the state. */
  readonly entered?: string;
  /** How it leaves the state. */
  readonly left?: string;
  /** What many sockets in the state mean, and what to do about it. */
  readonly many?: string;
}

/** The labels under which its parts are shown. */
export const partLabels = { entered: 'Gets in', left: 'Gets out', many: 'Many' } as const;

/** A text with every part, for the common states. */
export type FullStateText = Required<StateText>;
