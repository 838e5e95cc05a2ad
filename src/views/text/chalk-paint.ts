import type { ChalkInstance } from 'chalk';
import type { StateName } from '../../model/socket/state.ts';
import type { Paint, Tone } from './paint.ts';

/**
 * A Paint made with chalk, for terminals with 16 (level 1), 256 (2) or 16 million colours (3). TCP's states differ
 * in colour: green is open, cyan listens, yellow opens, blue and magenta close, red waits for the local program to
 * close.
 */
export async function chalkPaint(level: 1 | 2 | 3): Promise<Paint> {
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level });
  const states = {
    ESTABLISHED: chalk.green,
    CONNECTED: chalk.green,
    LISTEN: chalk.cyan,
    LISTENING: chalk.cyan,
    BOUND: chalk.cyanBright,
    SYN_SENT: chalk.yellow,
    SYN_RECV: chalk.yellowBright,
    COOKIE_WAIT: chalk.yellow,
    COOKIE_ECHOED: chalk.yellowBright,
    CONNECTING: chalk.yellow,
    FIN_WAIT1: chalk.blueBright,
    FIN_WAIT2: chalk.blue,
    CLOSING: chalk.magenta,
    LAST_ACK: chalk.magentaBright,
    SHUTDOWN_PENDING: chalk.blueBright,
    SHUTDOWN_SENT: chalk.blue,
    SHUTDOWN_RECEIVED: chalk.magentaBright,
    SHUTDOWN_ACK_SENT: chalk.magenta,
    DISCONNECTING: chalk.magenta,
    CLOSE_WAIT: chalk.red.bold,
    DELETE_TCB: chalk.red,
    TIME_WAIT: chalk.gray,
    CLOSE: chalk.dim,
    CLOSED: chalk.dim,
    UNCONN: chalk.dim,
    UNCONNECTED: chalk.dim,
    FREE: chalk.dim,
  } satisfies Partial<Record<StateName, ChalkInstance>>;
  const ofStates: ReadonlyMap<string, ChalkInstance> = new Map(Object.entries(states));
  const tones = {
    alarm: chalk.red.bold,
    caution: chalk.yellowBright,
    neutral: chalk.cyan,
    good: chalk.green,
  } satisfies Record<Tone, ChalkInstance>;
  const differences = { added: chalk.green, removed: chalk.red, changed: chalk.yellow };
  return {
    state: (name, text) => (ofStates.get(name) ?? chalk.bold.yellowBright)(text),
    tone: (tone, text) => tones[tone](text),
    heading: (text) => chalk.bold(text),
    option: (text) => chalk.cyan(text),
    difference: (kind, line) => differences[kind](line),
    quiet: (text) => chalk.dim(text),
    strong: (text) => chalk.bold(text),
  };
}
