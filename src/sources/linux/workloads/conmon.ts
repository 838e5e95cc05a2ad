import { errnoOf, type Proc } from '../proc/proc.ts';
import { decodeText } from '../text.ts';
import type { Speaker } from './believed.ts';

/** A process of conmon, which keeps a container of Podman or CRI-O. */
export interface Conmon {
  readonly id: string;
  /** The container's name. */
  readonly name: string;
  /** The folder of its configuration; null: not known. */
  readonly bundle: string | null;
}

/** The options of conmon that are read, in both spellings. */
const options: Readonly<Record<string, 'id' | 'name' | 'bundle'>> = {
  '-c': 'id',
  '--cid': 'id',
  '-n': 'name',
  '--name': 'name',
  '-b': 'bundle',
  '--bundle': 'bundle',
};

/** Options whose value is an argument of another program and may look like an option. */
const quoting: ReadonlySet<string> = new Set([
  ...['--exit-command', '--exit-command-arg', '--runtime-arg', '--runtime-opt'],
]);

/**
 * The container on a command line of conmon (conmon(8)), as in /proc/PID/cmdline; null if it is not conmon's, or
 * lacks an ID or a name.
 */
export function parseConmon(cmdline: Buffer): Conmon | null {
  const words = cmdline.toString('latin1').split('\0');
  if (!/(?:^|\/)conmon$/.test(words[0] ?? '')) return null;
  const values: Partial<Record<'id' | 'name' | 'bundle', string>> = {};
  for (let i = 1; i < words.length; i++) {
    const word = words[i] as string;
    if (quoting.has(word)) {
      i++;
      continue;
    }
    const [, long, joined] = /^(--\w+)=(.*)$/s.exec(word) ?? [];
    const key = Object.hasOwn(options, long ?? word) ? options[long ?? word] : undefined;
    if (key === undefined) continue;
    const value = joined ?? words[++i];
    if (value !== undefined) values[key] ??= decodeText(Buffer.from(value, 'latin1'));
  }
  const { id, name, bundle } = values;
  return id && name ? { id, name, bundle: bundle || null } : null;
}

/** A container that a process called conmon says that it keeps. */
export interface KeptContainer extends Conmon {
  readonly by: Speaker;
}

/** The longest command line that is read; Podman's are some 2 KiB long. */
export const longestCommand = 64 * 1024;

/** How many processes are read before other work may run. */
const slice = 256;

/** Every container that a conmon process keeps. `speakerAt`: who a process is. */
export async function keptContainers(
  proc: Proc,
  speakerAt: (pid: number) => Speaker,
): Promise<readonly KeptContainer[]> {
  const kept: KeptContainer[] = [];
  let looked = 0;
  for (const pid of pidsOf(proc)) {
    looked++;
    if (looked % slice === 0) await proc.pause?.();
    const conmon = conmonOf(proc, pid);
    if (conmon !== null) kept.push({ ...conmon, by: speakerAt(pid) });
  }
  return kept;
}

function pidsOf(proc: Proc): readonly number[] {
  try {
    return proc.processIds();
  } catch {
    return [];
  }
}

function conmonOf(proc: Proc, pid: number): Conmon | null {
  try {
    if (!mayBeConmon(proc, pid)) return null;
    return parseConmon(proc.readFile(`${pid}/cmdline`, longestCommand));
  } catch {
    return null;
  }
}

/** By its short name, which is cheapest to read. A copy of a /proc may lack it. */
function mayBeConmon(proc: Proc, pid: number): boolean {
  try {
    return proc.readFile(`${pid}/comm`, 16).toString('latin1') === 'conmon\n';
  } catch (error) {
    return !proc.isLive && errnoOf(error) === 'ENOENT';
  }
}
