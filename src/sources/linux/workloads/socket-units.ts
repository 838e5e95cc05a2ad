import { lazily } from '../../../flow/lazily.ts';
import { canonicalAddress } from '../../../model/address/read.ts';
import type { Socket } from '../../../model/socket/socket.ts';
import type { Setting } from './unit-file.ts';
import { settingsOf, type UnitFiles, unitFiles } from './unit-files.ts';

/** Specifiers of systemd.unit(5) whose values differ between units or machines. */
const otherSpecifiers: ReadonlySet<string> = new Set('aAbBcCdDEfgGhHiIjJlLmMnNopPqrRsSTuUvVwWyY');

/** A value with its specifiers expanded; null if the value of one is not known. */
function expanded(value: string): string | null {
  let isKnown = true;
  const text = value.replace(/%(.?)/gs, (whole, specifier: string) => {
    if (specifier === '%') return '%';
    if (specifier === 't') return '/run';
    if (otherSpecifiers.has(specifier)) isKnown = false;
    // systemd keeps invalid specifiers unchanged.
    return whole;
  });
  return isKnown ? text : null;
}

/** Identifies a socket: its protocol (with the type for UNIX sockets) and its address. */
type Key = string;

const unixKey = (type: string, path: string): Key => `unix ${type} ${path}`;
const inetKey = (protocol: string, address: string, port: number): Key =>
  `${protocol} ${address} ${port}`;

/** Settings for the sockets that a unit listens on, with the UNIX type of each. */
const unixTypes: Readonly<Record<string, string>> = {
  ListenStream: 'STREAM',
  ListenDatagram: 'DGRAM',
  ListenSequentialPacket: 'SEQPACKET',
};
const otherListeners: ReadonlySet<string> = new Set([
  ...['ListenFIFO', 'ListenSpecial', 'ListenNetlink', 'ListenMessageQueue', 'ListenUSBFunction'],
]);

/** The protocol of an Internet socket; null: one that is not listed. */
function inetProtocol(key: string, setting: string): string | null {
  if (key === 'ListenStream') return setting === 'sctp' ? 'sctp' : 'tcp';
  if (key === 'ListenDatagram') return setting === 'udplite' ? 'udplite' : 'udp';
  return null;
}

/** A decimal port without sign; 0 if invalid. */
function portFrom(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port < 65536 ? port : 0;
}

/** The addresses and the port in a value; null if invalid. A port alone means any address. */
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

/** The sockets that a unit listens on. systemd.socket(5) */
function listeners(settings: readonly Setting[]): readonly Key[] {
  let lines: Setting[] = [];
  let protocol = '';
  for (const setting of settings) {
    const { key, value } = setting;
    if (key === 'SocketProtocol') protocol = value;
    const isSocket = Object.hasOwn(unixTypes, key);
    if (!isSocket && !otherListeners.has(key)) continue;
    // An empty value resets all of them, of any kind.
    if (value === '') lines = [];
    else if (isSocket) lines.push(setting);
  }
  return lines.flatMap(({ key, value }) => keysOf(key, value, protocol));
}

function keysOf(key: string, value: string, setting: string): readonly Key[] {
  const text = expanded(value);
  if (text === null) return [];
  if (text.startsWith('/') || text.startsWith('@')) {
    // systemd replaces the old /var/run by /run.
    return [unixKey(unixTypes[key] as string, text.replace(/^\/var\/run\//, '/run/'))];
  }
  const protocol = inetProtocol(key, setting);
  const ends = protocol === null ? null : endpointsFrom(text);
  if (protocol === null || ends === null) return [];
  return ends.addresses.map((address) => inetKey(protocol, address, ends.port));
}

/** The key of a listening socket, or of a datagram socket without a peer; null for others. */
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

/** The sockets of each `.socket` unit. */
function listenersOf(root: string): readonly { readonly unit: UnitFiles; readonly key: Key }[] {
  return unitFiles(root, 'socket').flatMap((unit) =>
    [...new Set(listeners(settingsOf(root, unit.files, 'Socket')))].map((key) => ({ unit, key })),
  );
}

/** The unit that listens at each address; null if there are several. */
function readUnits(root: string): ReadonlyMap<Key, string | null> {
  const units = new Map<Key, string | null>();
  for (const { unit, key } of listenersOf(root)) {
    units.set(key, units.has(key) ? null : unit.name);
  }
  return units;
}

/** The `.socket` units that listen at a port of a protocol, with their addresses. */
export function unitsAtPort(
  root: string,
  protocol: string,
  port: number,
): readonly { readonly unit: UnitFiles; readonly address: string }[] {
  return listenersOf(root).flatMap(({ unit, key }) => {
    const [kind = '', address = '', number = ''] = key.split(' ');
    return kind === protocol && number === String(port) ? [{ unit, address }] : [];
  });
}

/**
 * Finds the `.socket` unit of a socket that systemd holds, from the unit files of the machine with the root `root`
 * (empty: our own), which are read at the first call. null: no unit or several have its address. Units of users are
 * not read.
 */
export function socketUnits(root: string): (socket: Socket) => string | null {
  const units = lazily(() => readUnits(root));
  return (socket) => {
    const key = keyOf(socket);
    return key === null ? null : (units().get(key) ?? null);
  };
}
