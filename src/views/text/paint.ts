/** Colours by what a text is; `format/chalk-paint.ts` makes one. */
export interface Paint {
  /** A state, by its name; `text` may be padded. */
  state(name: string, text: string): string;
  heading(text: string): string;
  /** What the eye may pass over. */
  quiet(text: string): string;
  /** What the eye should find: a program's name. */
  strong(text: string): string;
}
