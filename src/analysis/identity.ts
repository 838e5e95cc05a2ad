import { addressSortKey } from '../model/address/order.ts';
import type { NetInterface } from '../model/machine/interface.ts';
import type { Group } from '../model/machine/multicast-group.ts';
import type { InPlace } from '../model/machine/place.ts';
import type { Route } from '../model/machine/route.ts';
import type { ComparedReport } from '../model/report/difference.ts';
import type { ReportRows } from '../model/report/snapshot.ts';
import { hasPeer, isWithoutPort } from '../model/socket/classify.ts';
import { isDeviceKnown } from '../model/socket/device.ts';
import { isServiceManager, nameWithoutTitle, type Owner } from '../model/socket/owner.ts';
import type { InetSocket, Socket, UnixSocket } from '../model/socket/socket.ts';
import { lastingLabel, type Workload, workloadLabel } from '../model/socket/workload.ts';

/** How much is known of a socket's owners. `none`: it cannot have one. `unseen`: not asked for, or denied. */
export type OwnersKnown = 'known' | 'none' | 'unknown' | 'unseen';

/** What a row is recognized by. */
export interface Identity {
  /** Rows of one place are compared with each other. */
  readonly place: string;
  /** The values compared, in the order of the rule's `fields`. null: not known, so no difference. */
  readonly parts: readonly (string | null)[];
  /** A server's place without its address: if gone here and new there it has moved. null: it cannot move. */
  readonly service: string | null;
  readonly family: string;
  readonly owners: OwnersKnown;
}

/** A field that is compared, and how it is shown. */
interface ComparedField<R> {
  readonly field: string;
  shown(row: R): string | null;
}

/** How the rows of a report are recognized. */
export interface IdentityRule<R> {
  /** The field of each of `Identity.parts`; several parts may share one. */
  readonly fields: readonly ComparedField<R>[];
  /** The parts that a server must keep for a move. */
  readonly kept: readonly number[];
  /** How a move is shown; null: rows of this report cannot move. */
  readonly moved: ComparedField<R> | null;
  /** null: the row cannot be distinguished from others, so it cannot be compared. */
  identify(row: R): Identity | null;
  /** A sort key for the rows of one machine. */
  order(row: R): string;
  /** Words that a restart changes; a row that lasts keeps at least one. Empty: not known. */
  lives(row: R): readonly string[];
}

/**
 * Separates the parts of a key. No address, program or name contains it; if one did, only that row would be
 * confused.
 */
const nul = '\0';

/** A name for a place that lasts: a namespace's number changes each time that it is created. */
function placeOf({ host, netns }: InPlace): string {
  const machine = host === undefined ? '' : `${host}\n`;
  if (netns === undefined || netns.own) return machine;
  return machine + (netns.name ?? `#${netns.inode}`).replaceAll(nul, '');
}

function setText(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return [...new Set(words)].sort().join(', ');
}

/** The words, or `none`. */
function listText(words: readonly string[]): string {
  return words.length === 0 ? 'none' : setText(words);
}

function ownersKnown({ owners, noOwner }: Socket): OwnersKnown {
  if (owners === null) return 'unseen';
  if (owners.length > 0) return 'known';
  if (noOwner === 'denied') return 'unseen';
  return noOwner === 'none' ? 'none' : 'unknown';
}

const nameOf = ({ program, pid }: Owner) =>
  program === null ? `PID ${pid}` : nameWithoutTitle(program);

/** A name without the folder that a program was started with: netstat leaves out only one that begins with `/`. */
const withoutFolder = (name: string) => name.slice(name.lastIndexOf('/') + 1) || name;

/** The program names. Services that a service manager starts on demand are listed beside it. */
function programs(owners: readonly Owner[]): string | null {
  if (owners.some(({ program }) => program === null)) return null;
  return owners.length === 0 ? null : setText(owners.map((one) => withoutFolder(nameOf(one))));
}

/** Folders with a part that changes with each update or start, and what lasts of the path. */
const updated: readonly (readonly [folder: RegExp, lasting: string])[] = [
  // snap: the revision.
  [/^((?:\/var\/lib\/snapd)?\/snap\/[^/]+)\/x?\d+\//, '$1/'],
  // Nix and Guix: the hash, and the version after the name.
  [/^(\/(?:nix|gnu)\/store\/)[0-9a-z]{32}-([^/]*?)(?:-\d[^/]*)?\//, '$1$2/'],
  // Homebrew: the version.
  [/^(\/(?:opt\/homebrew|usr\/local|home\/linuxbrew\/\.linuxbrew)\/Cellar\/[^/]+)\/[^/]+\//, '$1/'],
  // k3s and RKE2: the hash of what they unpack.
  [/^(\/var\/lib\/rancher\/(?:k3s|rke2)\/data)\/[^/]+\//, '$1/'],
  // nvm: the version of Node.
  [/^(\/(?:.+\/)?\.?nvm\/versions\/node)\/v\d[^/]*\//, '$1/'],
  // AppImage: after at most six characters of its name, six by mkdtemp(3).
  [/^(\/tmp\/\.mount_[^/]{1,6})[0-9A-Za-z]{6}\//, '$1/'],
];

/** An executable's path without what an update changes in it. */
function lastingPath(path: string): string {
  for (const [folder, lasting] of updated) {
    if (folder.test(path)) return path.replace(folder, lasting);
  }
  return path;
}

function executables(owners: readonly Owner[]): string | null {
  if (owners.length === 0) return null;
  const paths: string[] = [];
  for (const { executable } of owners) {
    if (executable === null) return null;
    paths.push(lastingPath(executable));
  }
  return setText(paths);
}

/** A socket's workloads; empty if it is known to have none, null if not known. */
function knownWorkloads({ workload, workloads, noWorkload }: Socket): readonly Workload[] | null {
  if (workload === undefined) return null;
  if (workload === null) return noWorkload === 'none' ? [] : null;
  return workloads ?? [workload];
}

/** Their kinds, and their lasting names: for a container sometimes only the ID is known. */
function workloadParts(socket: Socket): readonly [kind: string | null, name: string | null] {
  const all = knownWorkloads(socket);
  if (all === null) return [null, null];
  const labels = all.map(lastingLabel);
  const names = labels.includes(null) ? null : setText(labels as string[]);
  return [setText(all.map(({ kind }) => kind)), names];
}

function workloadText(socket: Socket): string | null {
  const all = knownWorkloads(socket);
  if (all === null) return null;
  return listText(all.map(workloadLabel));
}

/** The parts that all sockets have, in the order of `socketFields`. */
function socketParts(socket: Socket, uid: number | null): (string | null)[] {
  const held = socket.owners ?? [];
  const others = held.some(isServiceManager)
    ? held.filter((owner) => !isServiceManager(owner))
    : held;
  const isManaged = others.length < held.length;
  return [
    programs(others),
    held.length === 0 ? null : isManaged ? 'managed' : '',
    executables(others),
    uid === null ? null : String(uid),
    // What a service manager starts for the socket has another workload than the manager itself.
    ...(isManaged ? ([null, null] as const) : workloadParts(socket)),
    socket.state === null || socket.state === 'UNCONN' ? null : socket.state,
    isDeviceKnown(socket) ? (socket.device ?? '') : null,
  ];
}

/** The indexes of these parts. */
const workloadPart = [4, 5];
const statePart = 6;
const devicePart = 7;

const shownPrograms = ({ owners }: Socket) =>
  owners === null || owners.length === 0 ? null : setText(owners.map(nameOf));

const socketFields: readonly ComparedField<Socket>[] = [
  { field: 'owners.program', shown: shownPrograms },
  { field: 'owners.program', shown: shownPrograms },
  {
    field: 'owners.executable',
    shown: ({ owners }) => setText((owners ?? []).flatMap(({ executable }) => executable ?? [])),
  },
  {
    field: 'uid',
    shown: (socket) =>
      'uid' in socket && socket.uid !== null && socket.uid !== undefined
        ? String(socket.uid)
        : null,
  },
  { field: 'workload', shown: workloadText },
  { field: 'workload', shown: workloadText },
  { field: 'state', shown: ({ state }) => state },
  { field: 'device', shown: ({ device }) => device ?? 'none' },
];

/** Names that the kernel assigns on request (unix(7), autobind), as it assigns clients their ports. */
const autobound = /^@[0-9a-f]{5}$/;

function unixIdentity(socket: UnixSocket): Identity | null {
  const { path, type, state } = socket;
  if (path === null || path === '' || autobound.test(path)) return null;
  // The ends of connections carry their server's name: they are compared by presence, not by number.
  const role = state === 'LISTENING' ? 'server' : 'connection';
  const parts = socketParts(socket, null);
  parts[statePart] = null;
  parts[devicePart] = null;
  return {
    place: ['unix', placeOf(socket), type, role, path].join(nul),
    parts,
    service: null,
    family: 'unix',
    owners: ownersKnown(socket),
  };
}

function endKey({ address, port, zone }: InetSocket['local']): string {
  return zone === null ? `${address} ${port}` : `${address}%${zone} ${port}`;
}

function endOrder({ address, port, zone }: InetSocket['local']): string {
  return `${addressSortKey(address)}${String(port).padStart(5, '0')}${zone ?? ''}`;
}

function socketOrder(socket: Socket): string {
  const at = placeOf(socket);
  if (socket.protocol === 'unix') return ['unix', at, socket.path ?? ''].join(nul);
  const { protocol, local, remote } = socket;
  return [protocol, at, endOrder(local), endOrder(remote)].join(nul);
}

function inetIdentity(socket: InetSocket): Identity | null {
  if (isWithoutPort(socket)) return null;
  const { protocol, family, local, remote, uid } = socket;
  const at = placeOf(socket);
  const isConnection = hasPeer(socket);
  const place = [protocol, at, endKey(local), isConnection ? endKey(remote) : ''];
  const { localAlternates: near, remoteAlternates: far } = socket;
  if (near !== undefined || far !== undefined) {
    place.push([...(near ?? []), '', ...(far ?? [])].join(' '));
  }
  const parts = socketParts(socket, isConnection ? null : uid);
  if (isConnection) for (const part of workloadPart) parts[part] = null;
  return {
    // Not concatenated: in V8 such a string keeps each of its parts.
    place: place.join(nul),
    parts,
    service: isConnection || local.port === 0 ? null : protocol + nul + at + nul + local.port,
    family,
    owners: ownersKnown(socket),
  };
}

/**
 * A process that holds the same socket has lasted, even if its start is told differently: a clock that is set moves the
 * starts of all.
 */
function livesOfSocket({ owners, inode }: Socket): readonly string[] {
  if (owners !== null && owners.length > 0) {
    return owners.flatMap(({ pid, startedAt }) => [
      `${pid} ${startedAt ?? ''}`,
      ...(inode === null ? [] : [`${pid} inode ${inode}`]),
    ]);
  }
  return inode === null ? [] : [`inode ${inode}`];
}

const unlessNull = (value: string | number | null) => (value === null ? null : String(value));

const routeFields: readonly ComparedField<Route>[] = [
  { field: 'interface', shown: (route) => route.interface ?? 'none' },
  { field: 'gateway', shown: ({ gateway }) => gateway ?? 'none' },
  { field: 'metric', shown: ({ metric }) => unlessNull(metric) },
  { field: 'flags', shown: ({ flags }) => flags },
  { field: 'mss', shown: ({ mss }) => unlessNull(mss) },
  { field: 'window', shown: ({ window }) => unlessNull(window) },
  { field: 'irtt', shown: ({ irtt }) => unlessNull(irtt) },
  { field: 'mtu', shown: ({ mtu }) => unlessNull(mtu) },
];

const interfaceFields: readonly ComparedField<NetInterface>[] = [
  {
    field: 'flags',
    shown: ({ flags, flagBits }) => (flagBits === null ? null : flags && listText(flags)),
  },
  { field: 'mtu', shown: ({ mtu }) => unlessNull(mtu) },
  { field: 'linkType', shown: ({ linkType }) => linkType },
  { field: 'hardwareAddress', shown: ({ hardwareAddress }) => hardwareAddress },
  {
    field: 'addresses',
    shown: ({ addresses }) =>
      listText(addresses.map(({ address, prefixLength }) => `${address}/${prefixLength}`)),
  },
];

/** The identity of a row without owners: everything comparable is in its fields. */
function plainIdentity<R>(
  row: R,
  place: readonly (string | number)[],
  fields: readonly ComparedField<R>[],
): Identity {
  return {
    place: place.join(nul),
    parts: fields.map(({ shown }) => shown(row)),
    service: null,
    family: '',
    owners: 'none',
  };
}

const still = { kept: [], moved: null, lives: () => [] } as const;

/** A server's addresses, which with the port make up its place. */
function addressesText({ local: { address, zone }, localAlternates }: InetSocket): string {
  const first = zone === null ? address : `${address}%${zone}`;
  return setText([first, ...(localAlternates ?? [])]);
}

/** How the rows of each report are recognized. */
export const identityRules = {
  sockets: {
    fields: socketFields,
    kept: [0, 1],
    moved: {
      field: 'local.address',
      shown: (socket) => (socket.protocol === 'unix' ? null : addressesText(socket)),
    },
    identify: (socket) =>
      socket.protocol === 'unix' ? unixIdentity(socket) : inetIdentity(socket),
    order: socketOrder,
    lives: livesOfSocket,
  },
  routes: {
    ...still,
    fields: routeFields,
    identify: (route: Route) => {
      const { family, destination, prefixLength, source } = route;
      const from = source === null ? '' : `${source.address}/${source.prefixLength}`;
      const place = [family, placeOf(route), destination, prefixLength, from];
      return plainIdentity(route, place, routeFields);
    },
    order: (route: Route) => {
      const to = addressSortKey(route.destination) + String(route.prefixLength).padStart(3, '0');
      return [route.family, placeOf(route), to].join(nul);
    },
  },
  interfaces: {
    ...still,
    fields: interfaceFields,
    identify: (one: NetInterface) => plainIdentity(one, [placeOf(one), one.name], interfaceFields),
    order: (one: NetInterface) => placeOf(one) + nul + one.name,
  },
  groups: {
    ...still,
    fields: [],
    identify: (one: Group) =>
      plainIdentity(one, [one.family, placeOf(one), one.interface, one.group], []),
    order: (one: Group) =>
      [one.family, placeOf(one), one.interface, addressSortKey(one.group)].join(nul),
  },
} as const satisfies { [K in ComparedReport]: IdentityRule<ReportRows[K]> };
