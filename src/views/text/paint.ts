/** How good or bad something is. */
export type Tone = 'alarm' | 'caution' | 'neutral' | 'good';

/** Colours by the kind of text; `chalk-paint.ts` implements it. */
export interface Paint {
  /** A state, by its name; `text` may be padded. */
  state(name: string, text: string): string;
  /** The word that says how good or bad something is: a finding's severity, whether a service is there. */
  tone(tone: Tone, text: string): string;
  heading(text: string): string;
  /** An option, as it is typed. */
  option(text: string): string;
  /** A difference, coloured as diff(1) does. */
  difference(kind: 'added' | 'removed' | 'changed', line: string): string;
  /** Less important text: borders, times. */
  quiet(text: string): string;
  /** The most important text: a program's name. */
  strong(text: string): string;
}
