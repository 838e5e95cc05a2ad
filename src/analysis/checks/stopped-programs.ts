import { addTo } from '../../model/add-to.ts';
import { endText } from '../../model/address/text.ts';
import type {
  FrozenCgroup,
  StoppedProcess,
  SystemFacts,
} from '../../model/machine/system-facts.ts';
import { isServer } from '../../model/socket/classify.ts';
import type { Owner } from '../../model/socket/owner.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { counted, listed } from '../../text/counted.ts';
import { isGivenAway } from '../port-range.ts';
import { check, type Draft } from './check.ts';
import { byWorkers } from './one-server.ts';
import { processText } from './socket-sets.ts';
import { thawed } from './thaw-remedy.ts';

/** Servers whose programs do not run. */
export const stoppedPrograms = check({
  name: 'stopped-programs',
  summary: 'servers whose programs are stopped, by a signal, the cgroup freezer or a debugger',
  text: {
    meaning:
      'A stopped program accepts no connection and reads nothing, while the kernel goes on to complete connections for it. A signal stops it (state `T` in ps(1)): SIGSTOP, that of Ctrl-Z, or the one that a job in the background gets if it reads from its terminal (SIGTTIN) or writes to it (SIGTTOU). Or a debugger or tracer holds it (state `t`), or the cgroup freezer does, with all processes of its cgroup (`docker pause`, `podman pause`, `systemctl freeze`; ps(1) does not show it).',
    found: [
      [
        'critical',
        'Every process that has the socket of a TCP, UDP or UNIX server is stopped by a signal, or frozen.',
      ],
      [
        'warning',
        'Only some of them are: workers, or a parent that does not accept connections itself.',
      ],
      [
        'warning',
        'A debugger or tracer holds one of them. That is worth a look only: `strace` holds a process again and again, for a moment each.',
      ],
    ],
    silent:
      'UDP sockets with a port that the system assigns, which are those of clients. What is frozen is seen on this machine only, not with `--on` or in a capture, and only if its cgroups are mounted.',
    remedy:
      'Let it run again (`kill -CONT PIDS`; `docker unpause NAME`, `systemctl thaw UNIT`), after a look at who stopped it; end the debugger that holds it.',
    counts: 'servers',
  },
  about: 'sockets',
  spans: true,
  thresholds: {},
  needs: {
    protocols: ['tcp', 'udp', 'unix'],
    serversOnly: true,
    facts: ['stoppedProcesses'],
    usefulFacts: ['localPortRange', 'reservedPorts'],
  },
  watches: (socket, { system }) => holdersOf(socket, system).length > 0 && serves(socket, system),
  ownersOf: ({ sockets }) => sockets,
  find({ sockets, system }) {
    const held = sockets.flatMap((socket) =>
      holdersOf(socket, system).map((process) => ({ socket, process, worker: `${process.pid}` })),
    );
    return byWorkers(held).map(draftOf);
  },
});

/** The stopped processes that hold each socket, by its inode. */
type Holders = ReadonlyMap<number, readonly StoppedProcess[]>;

/** Computed once per look. */
const holdersIn = new WeakMap<SystemFacts, Holders>();

function holdersOf({ inode }: Socket, system: SystemFacts): readonly StoppedProcess[] {
  let holders = holdersIn.get(system);
  if (holders === undefined) {
    const byInode = new Map<number, StoppedProcess[]>();
    for (const process of system.values.stoppedProcesses ?? []) {
      for (const held of process.sockets) {
        addTo(byInode, held, process);
      }
    }
    holders = byInode;
    holdersIn.set(system, holders);
  }
  return inode === null ? [] : (holders.get(inode) ?? []);
}

/** Whether others send to a socket first. */
function serves(socket: Socket, { values }: SystemFacts): boolean {
  if (socket.protocol === 'unix') return socket.state === 'LISTENING';
  if (!isServer(socket)) return false;
  const localPorts = { range: values.localPortRange ?? null, reserved: values.reservedPorts ?? [] };
  return socket.protocol === 'tcp' || !isGivenAway(localPorts, socket.local.port);
}

/** A server's socket, and a stopped process that holds it. */
interface Held {
  readonly socket: Socket;
  readonly process: StoppedProcess;
}

function draftOf(held: readonly Held[]): Draft {
  const sockets = [...new Set(held.map(({ socket }) => socket))];
  const processes = [...new Map(held.map(({ process }) => [process.pid, process])).values()];
  const pids = processes.map(({ pid }) => pid);
  const others = othersOf(sockets, new Set(pids));
  const isTraced = processes.some(({ by }) => by === 'tracer');
  return {
    severity: others.length === 0 && !isTraced ? 'critical' : 'warning',
    certainty: isTraced ? 'worth a look' : 'sure',
    title: titleOf(processes, others.length, isTraced, placesText(sockets)),
    observations: [
      ...stoppersOf(processes).map((one) => stoppedText(one, processes)),
      othersText(others),
    ],
    seen: { processes: pids.length, others: others.length, sockets: sockets.length },
    sockets,
    processes: processes.map(({ pid, program }) => ({ pid, program })),
    why: 'The kernel still completes connections to a stopped program and keeps what is sent to it, until its queues are full: clients are connected and get no answer.',
    remedy: stoppersOf(processes)
      .map((one) => remedyOf(one, processes))
      .join(' '),
    command: ['-lnp', '--pid', pids.slice(0, shownPids).join(',')],
  };
}

type Stopper = StoppedProcess['by'];

/** What stops processes, the most doubtful first. */
function stoppersOf(processes: readonly StoppedProcess[]): readonly Stopper[] {
  return (['tracer', 'signal', 'freezer'] as const).filter((one) =>
    processes.some((process) => isHeldBy(process, one)),
  );
}

/** Whether this is one of what stops a process: one that got a signal may be in a frozen cgroup too. */
function isHeldBy({ by, frozen }: StoppedProcess, stopper: Stopper): boolean {
  return by === stopper || (stopper === 'freezer' && frozen !== null);
}

function stoppedText(stopper: Stopper, processes: readonly StoppedProcess[]): string {
  const count = processes.filter((one) => isHeldBy(one, stopper)).length;
  const isAll = count === processes.length;
  const who = processes.length === 1 ? 'It' : isAll ? 'They' : `${count} of them`;
  const isOne = count === 1;
  switch (stopper) {
    case 'tracer':
      return `${who} ${isOne ? 'was' : 'were'} held by a debugger or another tracer (state t).`;
    case 'signal':
      return `${who} ${isOne ? 'does' : 'do'} not run until ${isOne ? 'it gets' : 'they get'} SIGCONT (state T).`;
    case 'freezer': {
      const cgroups = cgroupsOf(processes);
      const named = cgroups.slice(0, shownCgroups).map(({ path }) => path);
      const more = cgroups.length - named.length;
      const where = listed(more === 0 ? named : [...named, counted(more, 'other')], 'and');
      return `The cgroup freezer holds ${who === 'It' ? 'it' : who === 'They' ? 'them' : who}, with the cgroup${cgroups.length === 1 ? '' : 's'} ${where}.`;
    }
  }
}

/** The cgroups that are frozen, each once. */
function cgroupsOf(processes: readonly StoppedProcess[]): readonly FrozenCgroup[] {
  const frozen = processes.flatMap((one) => one.frozen ?? []);
  return [...new Map(frozen.map((one) => [one.folder, one])).values()];
}

function remedyOf(stopper: Stopper, processes: readonly StoppedProcess[]): string {
  const pids = processes.filter((one) => isHeldBy(one, stopper)).map(({ pid }) => pid);
  switch (stopper) {
    case 'tracer':
      return tracedRemedy(pids[0] as number);
    case 'signal':
      return resumed(pids);
    case 'freezer': {
      const [first, ...others] = cgroupsOf(processes);
      const also = others.length === 0 ? '' : ' The other cgroups likewise.';
      return first === undefined ? '' : `${thawed(first)}${also}`;
    }
  }
}

/** So many frozen cgroups are named. */
const shownCgroups = 3;

/** So many places and PIDs are in a title and a command. */
const shownPlaces = 3;
const shownPids = 20;

function placesText(sockets: readonly Socket[]): string {
  const places = [...new Set(sockets.map(placeText))];
  const more = places.length - shownPlaces;
  const named = places.slice(0, shownPlaces);
  return listed(more <= 0 ? named : [...named, counted(more, 'other place')], 'and');
}

function titleOf(
  processes: readonly StoppedProcess[],
  others: number,
  isTraced: boolean,
  places: string,
): string {
  const further = processes.length - 1;
  const also = further === 0 ? '' : ` and ${counted(further, 'other process', 'other processes')}`;
  const who = `${processText(processes[0] as StoppedProcess)}${also}`;
  const stopped = processes.every(({ by }) => by === 'freezer') ? 'frozen' : 'stopped';
  const [is, of] = further === 0 ? ['is', 'one of'] : ['are', `${processes.length} of`];
  if (isTraced) return `${who} ${is} stopped by a tracer, at ${places}`;
  if (others === 0) return `${who} ${is} ${stopped}: nobody answers at ${places}`;
  return `${who} ${is} ${stopped}, ${of} ${processes.length + others} processes at ${places}`;
}

function placeText(socket: Socket): string {
  return socket.protocol === 'unix' ? (socket.path ?? 'a UNIX socket') : endText(socket.local);
}

/** The processes that hold these sockets too and are not stopped; each once. */
function othersOf(sockets: readonly Socket[], stopped: ReadonlySet<number>): readonly Owner[] {
  const owners = sockets.flatMap((socket) => socket.owners ?? []);
  const others = owners.filter(({ pid }) => !stopped.has(pid));
  return [...new Map(others.map((owner) => [owner.pid, owner])).values()];
}

function othersText(others: readonly Owner[]): string {
  const [other] = others;
  if (other === undefined) return 'No other visible process has these sockets.';
  const further = others.length - 1;
  const also = further === 0 ? '' : ` and ${counted(further, 'other process', 'other processes')}`;
  return `${processText(other)}${also} ${further === 0 ? 'has' : 'have'} them too and ${further === 0 ? 'is' : 'are'} not stopped: whether connections are accepted there is not known.`;
}

function resumed(pids: readonly number[]): string {
  const some = pids.slice(0, shownPids);
  return `Find out who stopped it: Ctrl-Z in its shell (\`jobs -l\`), an administrator, or a program that limits its CPU time (\`cpulimit\`). \`kill -CONT ${some.join(' ')}\` lets ${some.length === 1 ? 'it' : 'them'} go on. If ${some.length === 1 ? 'it' : 'one'} stops again at once, it is in the background of a terminal that it reads from (SIGTTIN): start it as a service, or with \`</dev/null\`.`;
}

function tracedRemedy(pid: number): string {
  return `See who traces it: \`grep TracerPid /proc/${pid}/status\`. A debugger at a breakpoint holds it until it continues or detaches; \`strace\` only slows it down.`;
}
