/** Colours by what a text is; `chalk-paint.ts` makes one. */
export interface Paint {
  /** A state, by its name; `text` may be padded. */
  state(name: string, text: string): string;
  heading(text: string): string;
  /** An option, as it is typed. */
  option(text: string): string;
  /** A line that came, is gone or has changed, as diff(1) colours them. */
  difference(kind: 'added' | 'removed' | 'changed', line: string): string;
  /** What matters less: borders, times. */
  quiet(text: string): string;
  /** What matters most: a program's name. */
  strong(text: string): string;
}
