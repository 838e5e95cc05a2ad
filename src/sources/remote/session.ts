import { onAbort } from '../../flow/on-abort.ts';
import { clearTimeout, setTimeout } from '../../flow/real-time.ts';
import { counted } from '../../text/counted.ts';
import type { RemoteParts } from './parts.ts';
import { sshFailure, startSsh } from './ssh-process.ts';

/** One request to a machine, and the receiver of the answer. */
interface Dialogue {
  /** Input for its shell. */
  readonly script: string;
  /**
   * Takes bytes of standard output. Returns `done` at the end of the answer, text to send, or null if more is needed.
   * If it throws, the session ends.
   */
  take(chunk: Buffer): 'done' | { readonly send: string } | null;
  /** Returns a few words for the error if the session ends before `take` returned `done`. */
  brokenOff(): string;
  /** Returns, in one line, what the machine printed instead of an answer; null: nothing, or the answer has begun. */
  printed(): string | null;
}

/** A shell on a machine, over ssh, which takes one request after another. */
export interface Session {
  /**
   * Sends a request; only one at a time.
   * @throws NetstatError `unreadable`, with one line that begins with the machine's name; the session is then over
   */
  ask(dialogue: Dialogue): Promise<void>;
  /** It has ended, or is about to. */
  readonly hasEnded: boolean;
  /** There was output for the request that failed. */
  readonly hasSpoken: boolean;
  /** The request that failed had a timeout. */
  readonly isLate: boolean;
}

/** The current request. */
interface Question extends Dialogue {
  resolve(): void;
  reject(error: unknown): void;
  readonly timer: NodeJS.Timeout;
}

/**
 * How long a session is kept open for another request, in milliseconds: for the next round, or a command with several
 * requests.
 */
const idleTime = 2500;

/**
 * Starts ssh to `name`.
 * @throws NetstatError `unsupported` if there is none, `unreadable` if it cannot be started; the signal's reason if it
 * is aborted
 */
export function openSession(name: string, parts: RemoteParts): Session {
  const { timeout, signal } = parts;
  // If the signal was aborted before, its event will not stop ssh.
  signal?.throwIfAborted();
  let question: Question | null = null;
  let hasEnded = false;
  let hasSpoken = false;
  let isLate = false;
  let idle: NodeJS.Timeout | null = null;
  const ssh = startSsh(name, parts, { output, failed: fail, ended });

  const unlink = signal && onAbort(signal, () => fail(signal.reason));

  function output(chunk: Buffer): void {
    // Output without a request belongs to an earlier one.
    if (question === null) return;
    hasSpoken = true;
    try {
      const next = question.take(chunk);
      if (next === 'done') answered();
      else if (next !== null) ssh.send(next.send);
    } catch (error) {
      fail(error);
    }
  }
  function answered(): void {
    idle = setTimeout(leave, idleTime);
    idle.unref();
    ssh.hold(false);
    settle()?.resolve();
  }
  function leave(): void {
    hasEnded = true;
    ssh.finish();
  }

  function fail(error: unknown): void {
    hasEnded = true;
    ssh.kill();
    unlink?.();
    settle()?.reject(error);
  }
  function late(): void {
    isLate = true;
    const printed = question?.printed() ?? null;
    const reason = ssh.lastError() ?? (printed === null ? null : `it said: ${printed}`);
    fail(sshFailure(name, whyLate(timeout, reason)));
  }
  function ended(status: number | null, killed: NodeJS.Signals | null): void {
    const broken = question?.brokenOff() ?? '';
    fail(sshFailure(name, whyEnded(status, killed, ssh.lastError(), broken)));
  }
  /** Ends the current request. */
  function settle(): Question | null {
    const settled = question;
    if (settled === null) return null;
    question = null;
    clearTimeout(settled.timer);
    return settled;
  }

  return {
    get hasEnded() {
      return hasEnded;
    },
    get hasSpoken() {
      return hasSpoken;
    },
    get isLate() {
      return isLate;
    },
    ask(dialogue) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      if (idle !== null) clearTimeout(idle);
      hasSpoken = false;
      ssh.hold(true);
      return new Promise((resolve, reject) => {
        question = { ...dialogue, resolve, reject, timer: setTimeout(late, timeout) };
        ssh.send(dialogue.script);
      });
    },
  };
}

function whyLate(timeout: number, reason: string | null): string {
  return `no answer within ${counted(timeout / 1000, 'second')}${reason === null ? '' : ` (${reason})`}`;
}

/** Returns why a session ended: ssh's own message if ssh failed; otherwise `broken`, with what the machine `printed`. */
function whyEnded(
  status: number | null,
  killed: NodeJS.Signals | null,
  printed: string | null,
  broken: string,
): string {
  const isOfSsh = status === 255 || status === null;
  if (isOfSsh) return printed ?? `ssh ended (${killed ?? `status ${status}`})`;
  return printed === null ? broken : `${broken} (${printed})`;
}
