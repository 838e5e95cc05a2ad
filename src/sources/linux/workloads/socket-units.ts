import { basename } from 'node:path';
import { canonicalAddress } from '../../../model/read-address.ts';
import type { Socket } from '../../../model/socket.ts';
import { decodeText } from '../text.ts';
import { fileOn, namesOn, realPath } from './machine-files.ts';
import { parseUnitFile, type Setting } from './unit-file.ts';

/**
 * Where units of the system are, as systemd looks for them (systemd.unit(5)): of files of the same name the
 * first counts. The last is for systems that still have /lib beside /usr/lib.
 */
const folders = [
  ...['/etc/systemd/system.control', '/run/systemd/system.control', '/run/systemd/transient'],
  ...['/run/systemd/generator.early', '/etc/systemd/system', '/etc/systemd/system.attached'],
  ...['/run/systemd/system', '/run/systemd/system.attached', '/run/systemd/generator'],
  ...['/usr/local/lib/systemd/system', '/usr/lib/systemd/system', '/run/systemd/generator.late'],
  '/lib/systemd/system',
] as const;

/** Units are small; one that is larger is none. */
const mostBytes = 1024 * 1024;

/** What is found in the folders: units and folders of drop-ins, by name. */
interface Found {
  /** The path of each unit's file. */
  readonly units: ReadonlyMap<string, string>;
  /** For `ssh.socket`, the folders `ssh.socket.d`, the first to count first. */
  readonly dropIns: ReadonlyMap<string, readonly string[]>;
}

function findUnits(root: string): Found {
  const units = new Map<string, string>();
  const dropIns = new Map<string, string[]>();
  for (const folder of folders) {
    for (const name of namesOn(root, folder)) {
      const path = `${folder}/${name}`;
      if (name.endsWith('.socket')) {
        // Templates and their instances listen where only systemd knows.
        if (!name.includes('@') && !units.has(name)) units.set(name, path);
      } else if (name.endsWith('.socket.d') || name === 'socket.d') {
        const unit = name.slice(0, -'.d'.length);
        dropIns.set(unit, [...(dropIns.get(unit) ?? []), path]);
      }
    }
  }
  return { units, dropIns };
}

/** Other names of units, by the unit: links to its file that are called otherwise. */
function aliasesOf(root: string, { units }: Found): ReadonlyMap<string, readonly string[]> {
  const aliases = new Map<string, string[]>();
  for (const [name, path] of units) {
    const real = realPath(root, path);
    const unit = real === null ? name : basename(real);
    if (unit !== name && units.has(unit)) aliases.set(unit, [...(aliases.get(unit) ?? []), name]);
  }
  return aliases;
}

/** The names whose drop-ins are a unit's: of `a-b.socket` its own, then `a-.socket`, then `socket`. */
function dropInNames(unit: string): readonly string[] {
  const names = [unit];
  const stem = unit.slice(0, -'.socket'.length);
  for (
    let at = stem.lastIndexOf('-', stem.length - 2);
    at > 0;
    at = stem.lastIndexOf('-', at - 1)
  ) {
    names.push(`${stem.slice(0, at + 1)}.socket`);
  }
  return [...names, 'socket'];
}

/** The files of a unit in the order in which they count: its own, then drop-ins by their names. */
function filesOf(unit: string, names: readonly string[], root: string, found: Found) {
  const dropIns = new Map<string, string>();
  for (const name of names) {
    for (const folder of found.dropIns.get(name) ?? []) {
      for (const file of namesOn(root, folder)) {
        if (file.endsWith('.conf') && !dropIns.has(file)) dropIns.set(file, `${folder}/${file}`);
      }
    }
  }
  const sorted = [...dropIns].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
  return [found.units.get(unit) as string, ...sorted];
}

/** The [Socket] settings of a unit; none where it is masked: an empty file, or a link to /dev/null. */
function settingsOf(root: string, files: readonly string[]): readonly Setting[] {
  const [own, ...dropIns] = files.map((path) => fileOn(root, path, mostBytes));
  if (own === null || own === undefined || own.length === 0) return [];
  return [own, ...dropIns].flatMap((text) =>
    text === null || text === undefined ? [] : parseUnitFile(decodeText(text), 'Socket'),
  );
}

/** Specifiers of systemd.unit(5) that are not the same for every unit or machine. */
const otherSpecifiers: ReadonlySet<string> = new Set('aAbBcCdDEfgGhHiIjJlLmMnNopPqrRsSTuUvVwWyY');

/** A line's value with its specifiers put in; null where one says what is not known here. */
function expanded(value: string): string | null {
  let isKnown = true;
  const text = value.replace(/%(.?)/gs, (whole, specifier: string) => {
    if (specifier === '%') return '%';
    if (specifier === 't') return '/run';
    if (otherSpecifiers.has(specifier)) isKnown = false;
    // systemd leaves what is no specifier as it is.
    return whole;
  });
  return isKnown ? text : null;
}

/** By which a socket is known: its protocol (of UNIX sockets, the type too) and its address. */
type Key = string;

const unixKey = (type: string, path: string): Key => `unix ${type} ${path}`;
const inetKey = (protocol: string, address: string, port: number): Key =>
  `${protocol} ${address} ${port}`;

/** Settings that say where a unit listens; the first three are sockets. */
const unixTypes: Readonly<Record<string, string>> = {
  ListenStream: 'STREAM',
  ListenDatagram: 'DGRAM',
  ListenSequentialPacket: 'SEQPACKET',
};
const otherListeners: ReadonlySet<string> = new Set([
  ...['ListenFIFO', 'ListenSpecial', 'ListenNetlink', 'ListenMessageQueue', 'ListenUSBFunction'],
]);

/** The protocol of Internet sockets; null: none that is listed. */
function inetProtocol(key: string, told: string): string | null {
  if (key === 'ListenStream') return told === 'sctp' ? 'sctp' : 'tcp';
  if (key === 'ListenDatagram') return told === 'udplite' ? 'udplite' : 'udp';
  return null;
}

/** A port in decimal, without a sign; 0 where it is none. */
function portFrom(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port < 65536 ? port : 0;
}

/** The addresses and the port that a line says; null where it says none. A bare port is any address. */
function endpointsFrom(
  text: string,
): { readonly addresses: readonly string[]; readonly port: number } | null {
  const bare = portFrom(text);
  if (bare > 0) return { addresses: ['::', '0.0.0.0'], port: bare };
  const [, v6, v4, digits = ''] =
    /^(?:\[([^[\]%]{2,45})\]|([\d.]{7,15})):(\d{1,5})(?:%[^%]*)?$/.exec(text) ?? [];
  const address = canonicalAddress(v6 ?? v4 ?? '');
  const port = portFrom(digits);
  return address === null || port === 0 ? null : { addresses: [address], port };
}

/** Where a unit listens. systemd.socket(5) */
function listeners(settings: readonly Setting[]): readonly Key[] {
  let lines: Setting[] = [];
  let protocol = '';
  for (const setting of settings) {
    const { key, value } = setting;
    if (key === 'SocketProtocol') protocol = value;
    const isSocket = Object.hasOwn(unixTypes, key);
    if (!isSocket && !otherListeners.has(key)) continue;
    // An empty one takes back all that were said, of whatever kind.
    if (value === '') lines = [];
    else if (isSocket) lines.push(setting);
  }
  return lines.flatMap(({ key, value }) => keysOf(key, value, protocol));
}

function keysOf(key: string, value: string, told: string): readonly Key[] {
  const text = expanded(value);
  if (text === null) return [];
  if (text.startsWith('/') || text.startsWith('@')) {
    // systemd puts /run in place of the old /var/run.
    return [unixKey(unixTypes[key] as string, text.replace(/^\/var\/run\//, '/run/'))];
  }
  const protocol = inetProtocol(key, told);
  const ends = protocol === null ? null : endpointsFrom(text);
  if (protocol === null || ends === null) return [];
  return ends.addresses.map((address) => inetKey(protocol, address, ends.port));
}

/** The key of a socket that listens, or of a datagram socket that takes from anybody; null for others. */
function keyOf(socket: Socket): Key | null {
  if (socket.protocol === 'unix') {
    const { type, state, path } = socket;
    if (path === null || (type !== 'DGRAM' && state !== 'LISTENING')) return null;
    return unixKey(type, path);
  }
  const { protocol, local, remote, state } = socket;
  const isOpen = protocol === 'tcp' || protocol === 'sctp' ? state === 'LISTEN' : remote.port === 0;
  return isOpen ? inetKey(protocol, local.address, local.port) : null;
}

/** The unit that listens at each address; null where several say so. */
function readUnits(root: string): ReadonlyMap<Key, string | null> {
  const found = findUnits(root);
  const aliases = aliasesOf(root, found);
  const isAlias = new Set([...aliases.values()].flat());
  const units = new Map<Key, string | null>();
  for (const unit of found.units.keys()) {
    if (isAlias.has(unit)) continue;
    const [own, ...general] = dropInNames(unit);
    const names = [own as string, ...(aliases.get(unit) ?? []), ...general];
    const settings = settingsOf(root, filesOf(unit, names, root, found));
    for (const key of new Set(listeners(settings))) units.set(key, units.has(key) ? null : unit);
  }
  return units;
}

/**
 * Tells the `.socket` unit that a socket of systemd's belongs to, by the unit files of the machine whose root
 * is `root` (empty: our own), which are read when it is first asked. null: none is for its address, or more
 * than one is. What systemd holds for users is not looked at.
 */
export function socketUnits(root: string): (socket: Socket) => string | null {
  let units: ReadonlyMap<Key, string | null> | null = null;
  return (socket) => {
    const key = keyOf(socket);
    if (key === null) return null;
    units ??= readUnits(root);
    return units.get(key) ?? null;
  };
}
