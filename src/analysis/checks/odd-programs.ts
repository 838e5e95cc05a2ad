import { groupedBy } from '../../model/add-to.ts';
import { endText } from '../../model/address/text.ts';
import type { OddProcess, ProcessTrait, SystemFacts } from '../../model/machine/system-facts.ts';
import { bySeverity, type Severity } from '../../model/report/diagnosis.ts';
import { isListening } from '../../model/socket/classify.ts';
import type { Owner } from '../../model/socket/owner.ts';
import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { workloadLabel, workloadsOf } from '../../model/socket/workload.ts';
import { counted } from '../../text/counted.ts';
import { check, type Draft, type Group } from './check.ts';
import { byWorkers } from './one-server.ts';
import { ownersText, pidsOf } from './socket-sets.ts';
import { isSuperServer } from './super-server.ts';

/** Programs on the network that look suspicious. */
export const oddPrograms = check({
  name: 'odd-programs',
  summary: 'connected shells, and programs in unusual places or with unusual names: worth a look',
  text: {
    meaning:
      'Programs of an intruder look like this. There may be good reasons too: each finding is worth a look, none is a verdict.',
    found: [
      [
        'warning',
        'The standard input and output of a shell or interpreter are one connection (like a reverse shell), or a shell has a listening socket.',
      ],
      [
        'warning',
        'A program with Internet sockets runs from a world-writable directory (/tmp, /var/tmp, /dev/shm), only from memory (memfd), or from a file that was removed; or it calls itself like a kernel thread, but has an executable.',
      ],
      [
        'note',
        'If systemd runs the services: a service account (user IDs 1 to `account`, and nobody) listens at a TCP port from `port` on, outside of any unit or container.',
      ],
      [
        'note',
        'There is a usual reason: a server such as inetd started the shell or interpreter for a connection; a listening shell has the socket from an ancestor or an older process; the program is one of a tool known to run from /tmp (`go run`, AppImage, Nuitka, PyInstaller); or its file was replaced (after an upgrade it needs a restart).',
      ],
    ],
    silent:
      'ssh sessions, whose shells have a terminal or pipes; programs that systemd starts per connection (Accept=yes); FastCGI; what inetd starts, unless it is a shell or interpreter. A shell behind a pipe or a terminal of its own (`nc | sh`, `pty.spawn`) is not seen itself, but the program that holds the connection may be.',
    remedy:
      'Find out what started it, and when: `pstree -aps PID`, `ls -l /proc/PID/exe /proc/PID/cwd`. If nobody knows it, save a copy before you end it.',
  },
  about: 'sockets',
  spans: true,
  thresholds: {
    port: { value: 1024, meaning: 'first port that a service account should not hold' },
    account: { value: 999, meaning: 'last user ID of service accounts' },
  },
  needs: {
    protocols: ['tcp', 'udp'],
    facts: ['oddProcesses'],
    usefulFacts: ['hasSystemd'],
  },
  // A process may have very many connections: those that no reason is about are only counted.
  watches: (socket, { system }) =>
    isOdd(socket, system)
      ? isListening(socket) || oddOwners(system).streams.has(socket.inode)
      : socket.protocol === 'tcp' && socket.state === 'LISTEN' && isPerhapsService(socket.uid),
  glances: ({ state, inode }, { system }) =>
    state === 'LISTEN' || oddOwners(system).byInode.has(inode),
  groupOf: ({ inode }, { system }) =>
    inode === null ? null : (oddOwners(system).byInode.get(inode) ?? null),
  ownersOf: ({ sockets, groups, system }, { account }) => [
    ...sockets.filter(
      (socket) =>
        socket.protocol !== 'unix' && (isOdd(socket, system) || isService(socket.uid, account)),
    ),
    ...[...groups.values()].flatMap((group) => group.sockets),
  ],
  find({ sockets, groups, system }, { port, account }) {
    const byInode = new Map(sockets.map((socket) => [socket.inode, socket]));
    const groupsOf = groupedBy(
      [...groups].flatMap(([pids, group]) => pids.split(' ').map((pid) => ({ pid, group }))),
      ({ pid }) => pid,
    );
    const cases = (system.values.oddProcesses ?? []).flatMap((process): Case[] => {
      const held = process.sockets.flatMap((inode) => byInode.get(inode) ?? []);
      const groups = (groupsOf.get(String(process.pid)) ?? []).map(({ group }) => group);
      const reasons = groups.length === 0 ? [] : reasonsFor(process, held);
      return reasons.length === 0 ? [] : [{ process, held, groups, reasons }];
    });
    const strays =
      system.values.hasSystemd === true
        ? sockets.filter((socket): socket is InetSocket => isStray(socket, port, account))
        : [];
    return [...grouped(cases).map(odd), ...strayAccounts(strays)];
  },
});

/** What odd processes have open. */
interface OddOwners {
  /** The PIDs of those that hold a socket, joined by blanks, by its inode. */
  readonly byInode: ReadonlyMap<number, string>;
  /** The inodes of their standard streams. */
  readonly streams: ReadonlySet<number | null>;
}

/** Computed once per look. */
const oddOwnersOf = new WeakMap<SystemFacts, OddOwners>();

function oddOwners(system: SystemFacts): OddOwners {
  let odd = oddOwnersOf.get(system);
  if (odd === undefined) {
    const processes = system.values.oddProcesses ?? [];
    const byInode = new Map<number, string>();
    for (const { pid, sockets } of processes) {
      const own = String(pid);
      for (const inode of sockets) {
        const others = byInode.get(inode);
        byInode.set(inode, others === undefined ? own : `${others} ${own}`);
      }
    }
    odd = { byInode, streams: new Set(processes.map(({ stream }) => stream)) };
    oddOwnersOf.set(system, odd);
  }
  return odd;
}

function isOdd({ inode }: Socket, system: SystemFacts): boolean {
  return inode !== null && oddOwners(system).byInode.has(inode);
}

/** Programs that execute what they are sent. Shells are not listed: the source marks them. */
const interpreters =
  /^(?:python[\d.]*|pypy[\d.]*|perl[\d.]*|ruby[\d.]*|php[\d.]*|node|nodejs|bun|deno|lua[\d.]*|luajit|tclsh[\d.]*|expect|[gmn]?awk|osascript|pwsh|busybox)$/;

/** Where tools build or unpack what they then run: `go run`, AppImage, Nuitka, PyInstaller. */
const builders = /^\/tmp\/(?:go-build|\.mount_|onefile_|_MEI|nuitka)/;

/** Servers that give each login a shell with the connection as its standard streams. */
const shellServers = /^(?:in\.)?rshd$/;

/** A unit that systemd made for one connection: systemd.socket(5), Accept=yes. */
const perConnection = /@\d+-/;

/** Why a process is worth a look. */
interface Reason {
  readonly trait: ProcessTrait | 'listens';
  readonly severity: Severity;
  /** Follows the program's name in a title. */
  readonly title: string;
  readonly observation: string;
  readonly advice: Advice;
}

/** Why something is reported, and what to do about it. */
type Advice = Pick<Draft, 'why' | 'remedy'>;

/** Of what an intruder's program may look like. */
function suspicious(pid: number): Advice {
  return {
    why: 'Programs of an intruder look like this. There can be good reasons too, so this is not a verdict.',
    remedy: `Find out what started it and when: \`ls -l /proc/${pid}/exe /proc/${pid}/fd /proc/${pid}/cwd\`, \`pstree -aps ${pid}\`, \`tr '\\0' ' ' < /proc/${pid}/cmdline\`. If nobody knows it, save a copy (\`cp /proc/${pid}/exe program-${pid}\`) before you end it.`,
  };
}

const replacedFile: Advice = {
  why: 'The running program is not the installed one: bugs fixed by an upgrade are still in it.',
  remedy: 'Restart it (`systemctl restart UNIT`).',
};

const builtOrUnpacked: Advice = {
  why: 'Everybody can write there, and an intruder can give a folder any name; a tool that runs its programs from there is the usual reason.',
  remedy:
    'Nothing to do if you started it with such a tool. A lasting service belongs in a folder of its own (`go build`, not `go run`).',
};

const servedShell: Advice = {
  why: 'Whoever can connect to that service can run what they send, as the user of this process.',
  remedy:
    'If that is not intended, remove the service from the configuration of the program that started this one, or restrict who can connect.',
};

const inheritedSocket: Advice = {
  why: 'As long as the shell or a command that it runs holds the socket, the server cannot be restarted at its port, and if the server ends, connections are still established and wait for nobody.',
  remedy:
    'Make the server keep the socket to itself: open it with SOCK_CLOEXEC, or close it in the child before the shell is started.',
};

function nameOf({ executable }: OddProcess): string {
  return executable.slice(executable.lastIndexOf('/') + 1);
}

/** The reasons, the worst first. */
function reasonsFor(process: OddProcess, held: readonly Socket[]): readonly Reason[] {
  const all = process.traits.flatMap((trait) => reasonFor(trait, process, held) ?? []);
  return all.sort((a, b) => bySeverity(a.severity, b.severity));
}

function reasonFor(
  trait: ProcessTrait,
  process: OddProcess,
  held: readonly Socket[],
): Reason | null {
  const { executable, name, pid, traits } = process;
  const warn = { trait, severity: 'warning', advice: suspicious(pid) } as const;
  switch (trait) {
    case 'streams':
      return streamReason(process, held);
    case 'shell':
      return listeningShell(process, held);
    case 'memory':
      return {
        ...warn,
        title: 'runs only from memory',
        observation: `Its executable (${executable}) was never a file: it was created with memfd_create(2).`,
      };
    case 'public-folder': {
      const isKnown = builders.test(executable);
      const isGone = traits.includes('removed') || traits.includes('replaced');
      const place = isGone
        ? 'It was started from a directory that everybody can write to'
        : `Its executable is ${executable}`;
      return {
        ...(isKnown ? ({ trait, severity: 'note', advice: builtOrUnpacked } as const) : warn),
        title: 'runs from a world-writable directory',
        observation: `${place}${isKnown ? ', where a tool that builds or unpacks programs puts them' : ''}.`,
      };
    }
    case 'removed':
      return {
        ...warn,
        title: 'runs from a file that was removed',
        observation: `Its executable was ${executable}, which no longer exists: it cannot be started from there again.`,
      };
    case 'replaced':
      return {
        trait,
        severity: 'note',
        title: 'runs from a file that was replaced',
        observation: `Its executable ${executable} is now another file, probably after an upgrade.`,
        advice: replacedFile,
      };
    case 'kernel-name':
      return {
        ...warn,
        title: 'uses the name of a kernel thread',
        observation: `It calls itself ${name}, and its executable is ${executable}; kernel threads have none.`,
      };
  }
}

/** A connection as standard input and output of a shell or interpreter that no known server started. */
function streamReason(process: OddProcess, held: readonly Socket[]): Reason | null {
  const isShell = process.traits.includes('shell');
  const stream = held.find(({ inode }) => inode === process.stream);
  if (stream === undefined || stream.protocol === 'unix') return null;
  if (!isShell && !interpreters.test(nameOf(process))) return null;
  // FastCGI passes a listening socket.
  if (isListening(stream)) return null;
  if (workloadsOf(stream).some((one) => perConnection.test(workloadLabel(one)))) return null;
  const parents = stream.owners?.find(({ pid }) => pid === process.pid)?.parents ?? [];
  const server = parents.find(
    ({ name }) => name !== null && (isSuperServer(name) || shellServers.test(name)),
  );
  return {
    trait: 'streams',
    ...(server === undefined
      ? ({ severity: 'warning', advice: suspicious(process.pid) } as const)
      : ({ severity: 'note', advice: servedShell } as const)),
    title: 'uses a connection as its standard input and output',
    observation: `Descriptors 0 and 1 are its connection from ${endText(stream.local)} to ${endText(stream.remote)}: what is sent there is run as ${isShell ? 'commands' : 'code or taken as input'}.${server === undefined ? '' : ` ${server.name} (PID ${server.pid}) started it, as it does for each connection.`}`,
  };
}

/** A listening socket held by a shell: shells open none, so another program passed it on. */
function listeningShell({ pid }: OddProcess, held: readonly Socket[]): Reason | null {
  const servers = held.filter((socket) => socket.protocol === 'tcp' && isListening(socket));
  const [server] = servers;
  if (server === undefined || server.protocol === 'unix') return null;
  const heldText = `It holds the server's socket ${endText(server.local)}, which shells do not open themselves`;
  const reason = { trait: 'listens', title: 'holds a listening socket' } as const;
  const giver = giverOf(pid, server);
  if (giver !== null) {
    return {
      ...reason,
      severity: 'note',
      observation: `${heldText}: it was inherited from ${calledText(giver)}. The port stays in use while the shell runs.`,
      advice: inheritedSocket,
    };
  }
  const [other] = (server.owners ?? []).filter((owner) => owner.pid !== pid);
  const others =
    other === undefined
      ? ', and no other process holds it: connections wait forever'
      : isBelow(other, pid)
        ? `. ${calledText(other)}, which the shell started, holds it too`
        : `. ${calledText(other)} holds it too`;
  return {
    ...reason,
    severity: 'warning',
    observation: `${heldText}${others}.`,
    advice: suspicious(pid),
  };
}

/** The process that a shell has a socket from: its nearest ancestor with it, else an older one; null: none is known. */
function giverOf(pid: number, socket: InetSocket): Owner | null {
  const owners = socket.owners ?? [];
  const shell = owners.find((owner) => owner.pid === pid);
  const above = [...(shell?.parents ?? [])].reverse();
  for (const parent of above) {
    const giver = owners.find((owner) => owner.pid === parent.pid);
    if (giver !== undefined) return giver;
  }
  // The one that started the shell may have ended since.
  const since = shell?.startedAt ?? null;
  const isOlder = ({ startedAt }: Owner) =>
    since !== null && startedAt != null && startedAt < since;
  return owners.find((owner) => isOlder(owner) && !isBelow(owner, pid)) ?? null;
}

/** Whether a process descends from the one with this PID. */
function isBelow({ parents }: Owner, pid: number): boolean {
  return parents?.some((parent) => parent.pid === pid) === true;
}

function calledText({ program, pid }: Owner): string {
  return `${program ?? 'Another process'} (PID ${pid})`;
}

/** A process that is odd, and why. */
interface Case {
  readonly process: OddProcess;
  /** Those of its sockets that the check watches. */
  readonly held: readonly Socket[];
  /** All of its sockets, each in the group of the processes that hold it. */
  readonly groups: readonly Group[];
  readonly reasons: readonly Reason[];
}

/**
 * Processes with the same executable and reasons are one finding: an upgrade replaces the executable of many
 * workers. So are those that share a connection: a shell has children.
 */
function grouped(cases: readonly Case[]): readonly (readonly Case[])[] {
  const groups = groupedBy(cases, ({ process, reasons }) => {
    const traits = reasons.map(({ trait }) => trait);
    if (traits.includes('streams')) return `stream ${process.stream}`;
    if (traits.includes('listens')) return `pid ${process.pid}`;
    return `${process.executable} ${traits.join(' ')}`;
  });
  return [...groups.values()];
}

function odd(group: readonly Case[]): Draft {
  const [{ process, reasons }] = group as [Case, ...Case[]];
  const [worst] = reasons as [Reason, ...Reason[]];
  const groups = [...new Set(group.flatMap((one) => one.groups))];
  const shown = groups.flatMap(({ sockets }) => sockets);
  const sockets = [...new Set([...group.flatMap(({ held }) => held), ...shown])];
  const socketCount = groups.reduce((sum, { count }) => sum + count, 0);
  const pids = group.map((one) => one.process.pid);
  const name = shortName(process);
  const isShared = reasons.some(({ trait }) => trait === 'streams');
  const who =
    isShared || pids.length === 1
      ? `${name} (PID ${pids[0]})`
      : `${name} (${counted(pids.length, 'process', 'processes')})`;
  const advices = reasons
    .filter(({ severity }) => severity === worst.severity)
    .map(({ advice }) => advice);
  const joined = (texts: readonly string[]) => [...new Set(texts)].join(' ');
  return {
    severity: worst.severity,
    certainty: 'worth a look',
    title: `${who} ${worst.title}`,
    observations: [
      ...reasons.map(({ observation }) => observation),
      isShared && pids.length > 1
        ? `${counted(pids.length - 1, 'other process has', 'other processes have')} the connection too.`
        : `It has ${counted(socketCount, 'Internet socket')}.`,
    ],
    seen: { processes: pids.length, sockets: socketCount },
    sockets,
    socketCount,
    processes: group.map((one) => ({ pid: one.process.pid, program: shortName(one.process) })),
    why: joined(advices.map(({ why }) => why)),
    remedy: joined(advices.map(({ remedy }) => remedy)),
    command: ['-tuanp', ...pids.slice(0, mostPids).flatMap(pidWords)],
  };
}

/** The most PIDs on the suggested command line. */
const mostPids = 5;

function pidWords(pid: number, at: number): readonly string[] {
  return [...(at === 0 ? [] : ['or']), 'pid', '=', String(pid)];
}

/** The process's name without folders. */
function shortName({ name }: OddProcess): string {
  return /^\[.*\]$/.test(name) ? name : name.slice(name.lastIndexOf('/') + 1) || name;
}

/** `nobody` on Linux. */
const nobody = 65_534;

/** What can be decided before the settings are known. */
function isPerhapsService(uid: number | null): boolean {
  return uid !== null && uid > 0;
}

function isService(uid: number | null, account: number): boolean {
  return uid !== null && ((uid > 0 && uid <= account) || uid === nobody);
}

/** A service account's server that belongs to no unit or container. */
function isStray(socket: Socket, port: number, account: number): boolean {
  if (socket.protocol !== 'tcp' || socket.state !== 'LISTEN') return false;
  if (!isService(socket.uid, account) || socket.local.port < port) return false;
  const { workload, noWorkload } = socket;
  if ((socket.owners?.length ?? 0) === 0) return false;
  return workload ? workload.kind === 'scope' : noWorkload === 'none';
}

function strayAccounts(sockets: readonly InetSocket[]): readonly Draft[] {
  const all = sockets.map((socket) => ({ socket, worker: String(socket.owners?.[0]?.pid) }));
  return byWorkers(all).map((group): Draft => {
    const held = group.map(({ socket }) => socket);
    const [socket] = held as [InetSocket, ...InetSocket[]];
    const { uid, workload } = socket;
    const pids = pidsOf(held);
    const isOne = pids.length === 1;
    const where = workload ? `in ${workloadLabel(workload)}` : 'outside of every unit';
    const ends = [...new Set(held.map((one) => endText(one.local)))].join(', ');
    return {
      severity: 'note',
      certainty: 'worth a look',
      title: `${ownersText(...held)} of the service account ${uid} ${isOne ? 'listens' : 'listen'} at ${ends} and ${isOne ? 'belongs' : 'belong'} to no unit`,
      observations: [
        `${isOne ? 'It runs' : 'They run'} ${where}, as user ${uid}; systemd did not start ${isOne ? 'it as a service' : 'them as services'}.`,
      ],
      seen: { uid, sockets: held.length },
      sockets: held,
      why: 'Service accounts normally run only what their units start. Another listener of such an account was started by hand, or through a vulnerability of the service.',
      remedy: `Find out what started it: \`pstree -aps ${pids[0]}\`. If it is intended, create a unit for it.`,
      command: ['-tlnp', ...pids.slice(0, mostPids).flatMap(pidWords)],
    };
  });
}
