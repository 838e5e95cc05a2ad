/**
 * How a cell of the screen looks, as a small number: the colour in the low bits, attributes above. Only the
 * terminal's own 16 colours are used and no background, so light and dark terminals stay readable.
 */
export type Style = number;

/** The terminal's default. */
export const plain: Style = 0;

/** The terminal's own colours; 0 is its default colour. */
export const color = {
  red: 2,
  green: 3,
  yellow: 4,
  blue: 5,
  magenta: 6,
  cyan: 7,
  gray: 9,
} as const;

/** Attributes of a style, each one bit, to be combined with a colour. */
export const bold = 32;
export const dim = 64;
export const underline = 128;
export const reverse = 256;
export const struck = 512;

const colorBits = 31;

/** The escape sequence (ECMA-48 SGR) that resets and sets a style; `colored` false: without the colour. */
export function sgr(style: Style, colored: boolean): string {
  const codes = ['0'];
  if (style & bold) codes.push('1');
  if (style & dim) codes.push('2');
  if (style & underline) codes.push('4');
  if (style & reverse) codes.push('7');
  if (style & struck) codes.push('9');
  const at = (style & colorBits) - 1;
  if (colored && at >= 0) codes.push(String(at < 8 ? 30 + at : 82 + at));
  return `\x1b[${codes.join(';')}m`;
}

const states: Readonly<Record<string, Style>> = {
  ESTABLISHED: color.green,
  CONNECTED: color.green,
  LISTEN: color.cyan,
  LISTENING: color.cyan,
  BOUND: color.cyan,
  SYN_SENT: color.yellow,
  SYN_RECV: color.yellow,
  COOKIE_WAIT: color.yellow,
  COOKIE_ECHOED: color.yellow,
  CONNECTING: color.yellow,
  FIN_WAIT1: color.blue,
  FIN_WAIT2: color.blue,
  SHUTDOWN_PENDING: color.blue,
  SHUTDOWN_SENT: color.blue,
  CLOSING: color.magenta,
  LAST_ACK: color.magenta,
  SHUTDOWN_RECEIVED: color.magenta,
  SHUTDOWN_ACK_SENT: color.magenta,
  DISCONNECTING: color.magenta,
  CLOSE_WAIT: color.red | bold,
  DELETE_TCB: color.red,
  TIME_WAIT: dim,
  CLOSE: dim,
  CLOSED: dim,
  UNCONN: dim,
  UNCONNECTED: dim,
  FREE: dim,
};

/** The style of a state, by netstat's name: the same as with `--color`. */
export function stateStyle(name: string): Style {
  return states[name] ?? color.yellow | bold;
}
