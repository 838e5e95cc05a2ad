import { NetstatError } from '../errors.ts';
import { linkedSignal } from '../flow/linked-signal.ts';
import { steadyNow } from '../flow/steady-clock.ts';
import { type NetnsAsked, usualLook } from '../model/request/listing.ts';
import type { Socket } from '../model/socket/socket.ts';
import { lastingPlace } from '../pipeline/lasting-place.ts';
import { lookAgain, unseenIn, waitFor as waitUntil } from '../pipeline/wait.ts';
import {
  checkedCopy,
  type Kind,
  period,
  type SocketOptions,
  socketKinds,
  socketsOf,
  time,
  yesOrNo,
} from './options.ts';
import { sleep } from './sleep.ts';
import { takerOf } from './take.ts';

/** What to wait for, and for how long. */
export interface WaitOptions extends SocketOptions {
  /** Wait until no such socket exists any more. Default false: until one exists. */
  readonly gone?: boolean | undefined;
  /** Milliseconds to wait; default: no limit. */
  readonly timeout?: number | undefined;
  /** Milliseconds between two looks; default 200, or 1000 with `on`. */
  readonly interval?: number | undefined;
}

const waitKinds = {
  ...socketKinds,
  gone: yesOrNo,
  timeout: time,
  interval: period,
} satisfies Record<keyof WaitOptions, Kind>;

/**
 * Waits for sockets, such as those of a server that starts: `waitFor({ which: 'listening', port: 3000 })`. Resolves
 * with the sockets found (none with `gone`), or with null when the time is over.
 * @throws NetstatError as `snapshot`, and `unreadable` if the answer is uncertain because some sockets that may
 * match cannot be seen; the reason of `signal`, once it is aborted
 */
export async function waitFor(options: WaitOptions = {}): Promise<readonly Socket[] | null> {
  const given = checkedCopy(options, waitKinds);
  const { gone = false, timeout = Number.POSITIVE_INFINITY, interval, ...question } = given;
  const asked = socketsOf(question);
  const { signal } = question;
  const { target } = asked;
  const isElsewhere = target.machines !== null;
  const wait = {
    for: gone ? 'gone' : 'there',
    timeout: Number.isFinite(timeout) ? timeout : null,
    every: interval ?? usualLook[isElsewhere ? 'elsewhere' : 'here'],
  } as const;
  const clock = { elapsed: steadyNow, sleep: (time: number) => sleep(time, signal) };
  // What one look has opened, such as connections to other machines, serves the next.
  const stop = linkedSignal(signal);
  const takerAt = (netns: NetnsAsked) =>
    takerOf('sockets', { ...asked, target: { ...target, netns } }, stop.signal);
  const takeNamed = takerAt(target.netns);
  const place = lastingPlace(takeNamed, (number) => takerAt({ name: String(number) }));
  const isLasting = gone && typeof target.netns === 'object';
  const lookOnce = async () => {
    const taken = isLasting ? await place.look((take) => take()) : await takeNamed();
    if (taken === null) return { isThere: false, unseen: [], sockets: [] };
    const { sockets, warnings } = taken.snapshot;
    place.see(sockets);
    return { isThere: sockets.length > 0, unseen: unseenIn(warnings, taken.sought), sockets };
  };
  const look = () => lookAgain(!gone && isElsewhere, [], lookOnce);
  try {
    const { outcome, last } = await waitUntil(wait, look, clock, () => {});
    if (outcome === 'late') return null;
    if (outcome === 'met' && 'sockets' in last) return last.sockets;
    const messages = last.unseen.map(({ message }) => message).join('; ');
    throw new NetstatError(
      'unreadable',
      `it cannot be determined whether they are there: ${messages}`,
    );
  } finally {
    stop.end();
  }
}
