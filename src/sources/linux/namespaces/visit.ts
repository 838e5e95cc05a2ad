import { NetstatError } from '../../../errors.ts';
import { attempt } from '../../../flow/attempt.ts';
import type { Netns } from '../../../model/machine/netns.ts';
import type { NetnsAsked } from '../../../model/request/listing.ts';
import type { WarningSink } from '../../source.ts';
import { loadLibc } from '../libc.ts';
import { powersOf } from '../owners/powers.ts';
import { isProcfs } from '../proc/kernel-files.ts';
import { isWholeProc, ownProc } from '../proc/net-place.ts';
import type { Proc } from '../proc/proc.ts';
import { hiddenNamespaces } from '../warnings.ts';
import { insideByTurns } from './by-turns.ts';
import type { Door } from './door.ts';
import {
  type FoundNamespaces,
  findNamespaces,
  type Namespace,
  netnsPlace,
} from './find-namespaces.ts';
import { type Inside, type Outside, startInside } from './inside.ts';
import { type LabelledProc, namespaceNamed, withLabels } from './labelled.ts';
import {
  enteringOf,
  idleSocket,
  type NotEntered,
  namespaceProc,
  type OtherWays,
  type Refused,
} from './namespace-proc.ts';

/** A network namespace to be read. */
export interface NetnsToVisit {
  /** The /proc whose `net/` has its tables. */
  readonly proc: Proc;
  readonly netns: Netns;
  /** It is the namespace that is read by default. */
  readonly isBase: boolean;
  /** Opens a socket for its messages of destroyed sockets, as `Libc.openDestroyed`; null: not possible. */
  readonly listen: ((groups: number, room: number) => number) | null;
  /** Runs a program there; null: not possible, as that takes a thread inside. */
  readonly run: ((command: readonly string[], limit: number) => Promise<Buffer | null>) | null;
}

/** Namespaces about to be read. */
interface Visit {
  readonly namespaces: readonly Namespace[];
  /** A missing namespace may be among those that are shown, without its name. */
  readonly mayBeShown: boolean;
  open(namespace: Namespace): NetnsToVisit | Refused;
  end(): void;
}

/**
 * Finds the namespaces that are asked for, and starts what reads them.
 * @throws NetstatError as `inNamespaces`
 */
export async function startVisit(
  machine: LabelledProc,
  asked: NetnsAsked,
  warnings: WarningSink,
): Promise<Visit> {
  const { proc, labels } = machine;
  if (asked === 'own') return visitOf(proc, [netnsPlace(proc).base()], 'elsewhere', null);
  requireProcesses(proc);
  // Another machine's /proc is only read.
  const isOwn = proc.isOwn && proc.root === ownProc;
  const starting = isOwn ? startEntering(proc) : 'elsewhere';
  // If a thread has to be started, processes are scanned meanwhile.
  const every = asked === 'all' ? attempt(() => findNamespaces(proc)) : null;
  const started: Inside | NotEntered = await starting;
  const inside = enteringOf(started);
  const canEnter = (door: Door) => inside !== null && inside.enter(door) >= 0;
  let found: FoundNamespaces;
  try {
    found =
      every === null
        ? await namespaceNamed(machine, (asked as { name: string }).name, canEnter)
        : await withLabels(every(), labels);
  } catch (error) {
    inside?.end();
    throw error;
  }
  if (asked === 'all' && found.areSomeHidden) warnings.warn(hiddenNamespaces(proc.root));
  return visitOf(proc, found.namespaces, started, found);
}

/** What enters namespaces: this thread if it may, else one of its own; or why nothing does. */
async function startEntering(proc: Proc): Promise<Inside | Outside> {
  const { entersNetworks, isFiltered } = powersOf(proc);
  if (!entersNetworks) return 'rights';
  // A seccomp filter may end the thread that makes an unexpected call: the main one would leave a program that hangs.
  const libc = proc.ownsThread === true && !isFiltered ? loadLibc() : null;
  const here =
    libc === null ? null : insideByTurns(libc, async () => enteringOf(await startInside()));
  return here ?? startInside();
}

function visitOf(
  base: Proc,
  namespaces: readonly Namespace[],
  started: Inside | NotEntered,
  found: { readonly areSomeNumberless: boolean } | null,
): Visit {
  const inside = enteringOf(started);
  const ways: OtherWays = { inside: started, unanswered: new Set(), idle: idleSocket() };
  const opened = new Map<Namespace, ReturnType<Visit['open']>>();
  const open = (namespace: Namespace): ReturnType<Visit['open']> => {
    const { netns, isBase } = namespace;
    if (isBase) return { proc: base, netns, isBase, run: null, listen: null };
    const way = namespaceProc(base, namespace, ways);
    if ('refusal' in way) return way;
    const { proc, door } = way;
    const listen =
      inside === null || door === null
        ? null
        : (groups: number, room: number) => inside.openDestroyed(door, groups, room);
    return { proc, netns, isBase, run: runner(inside, door), listen };
  };
  return {
    namespaces,
    mayBeShown: found?.areSomeNumberless === true,
    open(namespace) {
      const place = opened.get(namespace) ?? open(namespace);
      opened.set(namespace, place);
      return place;
    },
    end() {
      ways.idle.drop();
      inside?.end();
    },
  };
}

function runner(inside: Inside | null, door: Door | null): NetnsToVisit['run'] {
  if (inside === null || door === null) return null;
  return (command, limit) => inside.run(door, command, limit);
}

/** @throws NetstatError if the processes of `base` do not show their network namespaces */
function requireProcesses({ root }: Proc): void {
  if (isProcfs(root) === true && isWholeProc(root)) return;
  const what =
    isProcfs(root) === true ? "one process's folder" : 'captured, or not mounted as a /proc';
  throw new NetstatError(
    'unsupported',
    `--all-netns, --netns: ${root}: ${what}; only a mounted /proc shows other network namespaces`,
    { path: root },
  );
}
