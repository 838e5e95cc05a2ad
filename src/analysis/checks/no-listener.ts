import { groupedBy } from '../../model/add-to.ts';
import { isLoopback } from '../../model/address/read.ts';
import { endText } from '../../model/address/text.ts';
import {
  type Service,
  type ServiceStatus,
  serviceProtocols,
  unitText,
} from '../../model/report/service.ts';
import { posixWord, shellWord } from '../../model/shell-word.ts';
import type { InetSocket } from '../../model/socket/socket.ts';
import { counted } from '../../text/counted.ts';
import { isGivenAway } from '../port-range.ts';
import { withoutOuterStars } from '../similar-programs.ts';
import { check, type Draft, type Evidence } from './check.ts';
import { ownersText } from './socket-sets.ts';
import { unknownForward, unservedForwards } from './unserved-forwards.ts';

/** No process listens at the selected port, or the program has no socket. */
export const noListener = check({
  name: 'no-listener',
  summary: 'nobody listens on the selected port or where it leads, or the program has no sockets',
  text: {
    meaning:
      'A port without a listener refuses connections. UDP has none: what is sent there is answered with ICMP port unreachable, of which only a sender with a connected socket is told (ECONNREFUSED); for others there is silence. A program without a socket is not running, or has not opened it yet.',
    found: [
      [
        'critical',
        'Nobody listens at the port. The finding names what may be the reason: processes that hold the port without listening or listen in another network namespace, connections that have it at this end (opened from it, or to an earlier server), and units that, according to their files, would listen there.',
      ],
      [
        'critical',
        'Rules of the firewall or a docker-proxy forward the port to a container, where nobody takes it: nobody listens, or only on loopback or at another port. It is a warning if something else listens at the port, or it is forwarded elsewhere too.',
      ],
      [
        'warning',
        'The program has no socket. The finding names servers that have that word in their name or command line (`uvicorn` run by `python3`).',
      ],
      [
        'note',
        'Nobody listens at the port, but this machine is a client of that port of others, and no enabled unit would listen here; or the servers to which the port is forwarded cannot be seen.',
      ],
    ],
    silent:
      'A program that has only UNIX or raw sockets, or none that can be seen while the owners of some are hidden. Rules in the network namespace of a container are not known. Does not apply to an address (`--remote`).',
    remedy:
      'Start the service (`systemctl status UNIT`) and read its log; or free the port for it.',
  },
  about: 'service',
  thresholds: {},
  needs: { protocols: [], usefulFacts: ['localPortRange', 'reservedPorts'] },
  find({ service, onlyIn, platform, system, protocols }) {
    if (!service || service.asked.by === 'remote') return [];
    const { asked, status } = service;
    const unserved = unservedForwards(service);
    if (status === 'forwarded') return [...unserved, unknownForward(service)];
    if (answered.has(status)) return unserved;
    if (asked.by === 'program')
      return status === 'absent' ? [noProgram(service, onlyIn, platform)] : [];
    return [
      isOnlyClient(service)
        ? onlyClient(service, platform)
        : noServer(service, { onlyIn, platform, system, protocols }),
    ];
  },
});

/** Somebody listens, or what is wrong is told of where the port leads. */
const answered: ReadonlySet<ServiceStatus> = new Set(['listening', 'published', 'unserved']);

/** Commands that show whether a program of this name runs. */
const whatRuns: Readonly<Record<Evidence['platform'], (name: string) => string>> = {
  linux: (name) => `\`pgrep -fa ${patternWord(name)}\`, \`systemctl status ${operand(name)}\``,
  darwin: (name) => `\`pgrep -fl ${patternWord(name)}\`, \`launchctl list\``,
  // Without its ending, sc is Set-Content to Windows PowerShell.
  win32: () => '`tasklist`, `sc.exe query`',
};

/** A regular expression for pgrep that finds the name in command lines; names of processes have 15 characters at most. */
function patternWord(name: string): string {
  const literals = withoutOuterStars(name).split(/\*+/);
  return operand(literals.map((text) => text.replace(/[\\^$.[\]|()?+{}]/g, '\\$&')).join('.*'));
}

/** A word for a POSIX shell that is no option, even if it begins with a hyphen. */
function operand(text: string): string {
  return `${text.startsWith('-') ? '-- ' : ''}${posixWord(text)}`;
}

/** The pattern that finds the name within others; null: that is what was asked for. */
function widerPattern(name: string): string | null {
  const inner = withoutOuterStars(name);
  const wider = `*${inner}*`;
  return inner === '' || wider === name ? null : wider;
}

function noProgram(
  { asked: { value: name }, similar }: Service,
  onlyIn: string | null,
  platform: Evidence['platform'],
): Draft {
  const wider = widerPattern(name);
  const also =
    wider === null ? '' : `; a part of the name also works: \`--program ${shellWord(wider)}\``;
  const look = `See whether it runs: ${whatRuns[platform](name)}${also}.`;
  const servers = similar ?? [];
  const [other] = servers;
  const sockets = onlyIn ?? 'a socket';
  return {
    severity: 'warning',
    certainty: 'likely',
    title: `no program ${name} has ${sockets}`,
    observations: [
      `No visible program of that name holds ${sockets}.`,
      ...(other === undefined ? [] : [similarText(servers)]),
    ],
    seen: { similar: similar?.length ?? null },
    sockets: servers,
    why: 'A service without a socket is not running, or has not opened it yet.',
    remedy:
      other === undefined
        ? look
        : `If one of these is meant, select its port: \`tsnetstat --diagnose --port ${other.local.port}\`. ${look}`,
    command: commandFor(other, wider),
  };
}

/** What lists a server that may be the program, or programs whose names contain its own. */
function commandFor(server: InetSocket | undefined, wider: string | null): Draft['command'] {
  if (server !== undefined) return ['-tulnp', 'sport', '=', `:${server.local.port}`];
  return wider === null ? null : ['-anp', '--program', wider];
}

/** Servers that may be the program under another name. */
function similarText(servers: readonly InetSocket[]): string {
  const held = [...groupedBy(servers, (one) => ownersText(one))].map(
    ([who, sockets]) => `${who} at ${sockets.map(({ local }) => endText(local)).join(', ')}`,
  );
  const rest = held.length - mostNamed;
  const more = rest > 0 ? `; ${counted(rest, 'other')}` : '';
  return `That word is in the name or command line of servers: ${held.slice(0, mostNamed).join('; ')}${more}.`;
}

type Surroundings = Pick<Evidence, 'onlyIn' | 'platform' | 'system' | 'protocols'>;

function noServer(service: Service, surroundings: Surroundings): Draft {
  const { onlyIn, platform, protocols } = surroundings;
  const { asked, status, bound, holding, elsewhere, outgoing, units, earlier } = service;
  const others = elsewhere ?? [];
  const tries = outgoing?.states.SYN_SENT ?? 0;
  return {
    severity: 'critical',
    certainty: 'sure',
    title: titleOf(service, onlyIn),
    observations: [
      ...(status === 'bound' || others.length > 0
        ? []
        : [nobodyText(elsewhere, platform), ...onlyText(onlyIn)]),
      ...bound.map(
        (socket) =>
          `${ownersText(socket) ?? 'An unknown process'} has ${endText(socket.local)} bound.`,
      ),
      ...heldTexts(service),
      ...others.map(
        (socket) =>
          `${ownersText(socket) ?? 'An unknown process'} listens at ${endText(socket.local)} in another network namespace, and no port of this one is forwarded there.`,
      ),
      ...(tries > 0 ? [`This machine tries ${counted(tries, 'connection')} to that port.`] : []),
      ...(units ?? []).map(unitText),
      ...(earlier?.listeners ?? []).map(
        (socket) =>
          `At ${earlier?.takenAt} ${ownersText(socket) ?? 'an unknown process'} listened at ${endText(socket.local)}.`,
      ),
    ],
    seen: {
      ...{ bound: bound.length, holding: holding.length },
      elsewhere: elsewhere?.length ?? null,
      units: units?.length ?? null,
    },
    sockets: [...bound, ...holding, ...others],
    why: [
      unansweredText(asked.value, protocols),
      ...(holding.length === 0
        ? []
        : ['While connections have the port, a server may fail to bind it (EADDRINUSE).']),
    ].join(' '),
    remedy: remedyFor(service, surroundings),
    command: null,
  };
}

/** What becomes of those who want to reach a port at which nobody listens, by one of these protocols. */
function unansweredText(port: string, protocols: Evidence['protocols']): string {
  const served = serviceProtocols.filter((one) => protocols.includes(one));
  const isOfPackets =
    served.length > 0 && served.every((one) => one === 'udp' || one === 'udplite');
  return isOfPackets
    ? `Packets to port ${port} of this machine are answered with ICMP port unreachable: a sender whose socket is connected gets ECONNREFUSED, others hear nothing.`
    : `Connections to port ${port} of this machine are refused.`;
}

function titleOf({ asked, status }: Service, onlyIn: string | null): string {
  if (status === 'bound') return `port ${asked.value} is taken, but its holder does not listen`;
  if (status === 'taken')
    return `no listener at port ${asked.value}, which a connection was opened from`;
  const only = onlyIn === null ? '' : ` (only ${onlyIn})`;
  const where = status === 'elsewhere' ? ' in this network namespace' : '';
  return `no listener at port ${asked.value}${only}${where}`;
}

/** Who has connections at the port although nothing listens. */
function heldTexts({ holding, incoming, opened, unclear }: Service): readonly string[] {
  const shown = holding.slice(0, mostNamed);
  const count = [incoming, opened, unclear].reduce((sum, those) => sum + (those?.count ?? 0), 0);
  const more = Math.max(holding.length, count) - shown.length;
  return [
    ...shown.map((socket) => {
      const isKernels = socket.state === 'TIME_WAIT' || socket.noOwner === 'none';
      const nobody = isKernels ? 'The kernel' : 'An unknown process';
      const who = ownersText(socket) ?? nobody;
      return `${who} has ${endText(socket.local)} for a connection with ${endText(socket.remote)} (${socket.state}).`;
    }),
    ...(shown.length > 0 && more > 0 ? [`So it is with ${counted(more, 'other')}.`] : []),
  ];
}

/** The most connections or servers that are named. */
const mostNamed = 3;

/** Whether nothing here is amiss: the port is used at other machines, and nothing tells that it would be served here. */
function isOnlyClient({ status, units, earlier }: Service): boolean {
  const isMeant = (units ?? []).some(({ isEnabled, isRunning }) => isEnabled || isRunning === true);
  const isExpected = isMeant || (earlier?.listeners ?? []).length > 0;
  return status === 'client' && !isExpected;
}

/** A machine that is a client of the port. */
function onlyClient(service: Service, platform: Evidence['platform']): Draft {
  const { asked, elsewhere, outgoing } = service;
  const [address, ...others] = (outgoing?.busiest ?? []).map((one) => one.address);
  const rest = (outgoing?.addresses ?? 1) - 1;
  const server = `${address}${rest > 0 ? ` and ${counted(rest, 'other address', 'other addresses')}` : ''}`;
  const states = Object.entries(outgoing?.states ?? {}).map(
    ([state, count]) => `${count} ${state}`,
  );
  return {
    severity: 'note',
    certainty: 'sure',
    title: `nothing listens at port ${asked.value} here; this machine is a client of ${server}`,
    observations: [
      (elsewhere ?? []).length > 0
        ? 'No server has it in this network namespace.'
        : nobodyText(elsewhere, platform),
      `This machine has ${counted(outgoing?.count ?? 0, 'connection')} to that port of others: ${states.join(', ')}.`,
    ],
    seen: { connections: outgoing?.count ?? 0, addresses: others.length + 1 },
    sockets: [],
    why: 'Nothing is wrong with that, unless a server of this machine should have the port.',
    remedy: `To examine these connections, select the address: \`tsnetstat --diagnose --remote ${address}\`; a server is best examined on its own machine.`,
    command: null,
  };
}

function nobodyText(elsewhere: Service['elsewhere'], platform: Evidence['platform']): string {
  if (platform !== 'linux') return 'No server has it.';
  return elsewhere === null
    ? 'No server has it in this network namespace; others were not examined.'
    : 'No server has it in any visible network namespace.';
}

function onlyText(onlyIn: string | null): readonly string[] {
  return onlyIn === null ? [] : [`Only ${onlyIn} were searched; there may be another server.`];
}

function remedyFor(service: Service, surroundings: Surroundings): string {
  const { status, units, elsewhere } = service;
  const [unit] = units ?? [];
  const word = posixWord(unit?.unit ?? '');
  if (status === 'bound') {
    return 'The program called bind(2) but not listen(2): it is starting, or hangs; check its log.';
  }
  if (status === 'taken') return releaseText(service, surroundings);
  if (unit !== undefined) {
    return unit.isRunning
      ? `${unit.unit} is running: find out why it does not listen: \`journalctl -u ${word}\`.`
      : `Start it: \`systemctl start ${word}\`, and find out why it does not run: \`systemctl status ${word}\`.`;
  }
  if (status === 'elsewhere') return wayElsewhere(elsewhere ?? []);
  const start =
    units === null
      ? 'Start the service, and check its log.'
      : 'Start the service, and check its log. No unit file of the machine mentions the port.';
  return start + leftoverText(service, surroundings.platform);
}

/** How servers in other network namespaces can be reached from here. */
function wayElsewhere(servers: readonly InetSocket[]): string {
  const ways =
    'publish the port (`docker run -p`, `podman run -p`), or connect to an address of that namespace';
  const isInside = servers.every(({ local }) => isLoopback(local.address));
  return isInside
    ? `Make the server listen at 0.0.0.0 or ::, or at an address of its namespace: on loopback it cannot be reached from outside. Then ${ways}.`
    : `${ways.charAt(0).toUpperCase()}${ways.slice(1)}.`;
}

/** How to get back a port that a connection was opened from, and keep it. */
function releaseText(service: Service, surroundings: Surroundings): string {
  const isOver = service.holding.every(({ state }) => state === 'TIME_WAIT');
  const free = isOver
    ? 'Wait until TIME_WAIT ends (a minute at most on Linux)'
    : 'End that connection, by a restart of its program';
  const keep = keepText(Number(service.asked.value), surroundings);
  return `${free}, or let the server listen at another port.${keep}`;
}

/** How connections are kept away from a port of Linux; empty on other systems. */
function keepText(port: number, { platform, system }: Surroundings): string {
  if (platform !== 'linux') return '';
  const { localPortRange, reservedPorts } = system.values;
  if (!localPortRange) return ` If the system chose the port, ${reserveText(port)}`;
  return isGivenAway({ range: localPortRange, reserved: reservedPorts ?? [] }, port)
    ? ` If the program did not choose the port itself, ${reserveText(port)}`
    : ' The system does not choose this port for connections (net.ipv4.ip_local_port_range, net.ipv4.ip_local_reserved_ports): the program does; let it use another one.';
}

function reserveText(port: number): string {
  return `add it to those that the system must not give to connections: \`sysctl net.ipv4.ip_local_reserved_ports\` shows these, \`sysctl -w net.ipv4.ip_local_reserved_ports=${port}\` replaces them.`;
}

/** What to do if connections still have the port; empty: there are none. */
function leftoverText({ holding }: Service, platform: Evidence['platform']): string {
  if (holding.length === 0) return '';
  const isOver = holding.every(({ state }) => state === 'TIME_WAIT');
  const aMinute = platform === 'linux' ? 'wait a minute,' : 'wait';
  const until = isOver ? `${aMinute} until TIME_WAIT ends` : 'end the processes that have them';
  // Windows lets two servers share a port by it.
  const reuse = platform === 'win32' ? '' : ' A server that always sets SO_REUSEADDR need not.';
  return ` If that fails with “Address already in use”, connections still have the port: ${until}.${reuse}`;
}
