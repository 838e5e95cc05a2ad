import {
  copyOwners,
  emptyPeers,
  noFd,
  ownersAt,
  type PackedPeers,
} from '../../model/packed/owners.ts';
import { rowPlaces } from '../../model/packed/row-places.ts';
import { addressAt, type PackedSockets } from '../../model/packed/sockets.ts';
import { hashPrime, hashTerm } from '../word-hash.ts';
import { areSameProcesses } from './peers.ts';

/** The word before an IPv4 address mapped to IPv6: ::ffff:0:0/96. */
const mappedPrefix = 0xffff;

/** A row: its pack and its index there. */
interface PackedRowRef {
  readonly pack: PackedSockets;
  readonly row: number;
}

/**
 * The peer of each row in packs of TCP sockets, all from one machine and network namespace, with owners and
 * workloads of one answer. Finds the same as `peerFinder` does among objects, without making any.
 */
export function packedPeers(packs: readonly PackedSockets[]): readonly PackedPeers[] {
  const { count, firsts, batchOf } = rowPlaces(packs);
  const refOf = (number: number): PackedRowRef => {
    const at = batchOf[number] as number;
    return { pack: packs[at] as PackedSockets, row: number - (firsts[at] as number) };
  };

  // Hash chains of connections, by a hash of both ends in any order.
  const size = 2 ** Math.ceil(Math.log2(count + 1));
  const heads = new Int32Array(size).fill(-1);
  const next = new Int32Array(count);
  const hashes = new Int32Array(count);
  for (const [at, pack] of packs.entries()) {
    for (let row = 0; row < pack.length; row++) {
      if (!hasRemote(pack, row)) continue;
      const number = (firsts[at] as number) + row;
      hashes[number] = hashOf(pack, row);
      const slot = (hashes[number] as number) & (size - 1);
      next[number] = heads[slot] as number;
      heads[slot] = number;
    }
  }

  /** The rows with the same ends, swapped, in their order. */
  function otherEnds(pack: PackedSockets, row: number, number: number): readonly PackedRowRef[] {
    const found: PackedRowRef[] = [];
    if (!hasRemote(pack, row)) return found;
    const hash = hashes[number] as number;
    for (let at = heads[hash & (size - 1)] as number; at >= 0; at = next[at] as number) {
      if (hashes[at] !== hash) continue;
      const other = refOf(at);
      if (areSwapped(pack, row, other.pack, other.row)) found.push(other);
    }
    return found.reverse();
  }

  return packs.map((pack, at) => {
    const first = firsts[at] as number;
    const peers = emptyPeers(pack.length, pack.owners?.known ?? [], pack.workloads?.known ?? null);
    for (let row = 0; row < pack.length; row++) {
      writePeer(peers, row, otherEnds(pack, row, first + row));
    }
    return peers;
  });
}

/** The addresses that the rows are bound to; may repeat. */
export function* boundAddresses(packs: readonly PackedSockets[]): Generator<string> {
  for (const pack of packs) {
    for (let row = 0; row < pack.length; row++) {
      if (!isAny(pack, pack.locals, row)) yield addressAt(pack, pack.locals, row);
    }
  }
}

/** Writes the peer: of several rows, those in TIME_WAIT are older and the others must have the same owners. */
function writePeer(peers: PackedPeers, at: number, ends: readonly PackedRowRef[]): void {
  const [only] = ends;
  if (only === undefined) return;
  // Nearly all have one.
  if (ends.length === 1) {
    writeEnd(peers, at, only);
    return;
  }
  const live = ends.filter(({ pack, row }) => stateOf(pack, row) !== 'TIME_WAIT');
  const [first = only, ...others] = live.length > 0 ? live : ends;
  if (!others.every((other) => haveSameOwners(first, other))) return;
  writeEnd(peers, at, first);
  if (others.length === 0) return;
  // It is not known which of them it is.
  peers.inodes[at] = 0;
  peers.fds[at] = noFd;
}

function writeEnd(peers: PackedPeers, at: number, { pack, row }: PackedRowRef): void {
  if (pack.owners === null) return;
  copyOwners(peers, at, pack.owners, row);
  peers.inodes[at] = pack.inodes[row] as number;
  if (peers.workloads !== null && pack.workloads !== null) {
    peers.workloads.places[at] = pack.workloads.places[row] as number;
  }
}

function stateOf({ table, states }: PackedSockets, row: number): string | null {
  return table.stateOf(states[row] as number);
}

function haveSameOwners(one: PackedRowRef, other: PackedRowRef): boolean {
  const [some, others] = [one.pack.owners, other.pack.owners];
  if (some === null || others === null) return true;
  return (
    some.reasons[one.row] === others.reasons[other.row] &&
    areSameProcesses(ownersAt(some, one.row), ownersAt(others, other.row))
  );
}

/** Whether the row is a connection. */
function hasRemote(pack: PackedSockets, row: number): boolean {
  return pack.remotePorts[row] !== 0 && !isAny(pack, pack.remotes, row);
}

function isAny({ table }: PackedSockets, words: Int32Array, row: number): boolean {
  const at = row * 4;
  if (table.family === 'inet') return words[at] === 0;
  const isMapped = words[at + 2] === mappedPrefix || words[at + 2] === 0;
  return isMapped && words[at] === 0 && words[at + 1] === 0 && words[at + 3] === 0;
}

/** One 32-bit word of an address of 16 bytes; an IPv4 address counts as mapped. */
function wordAt({ table }: PackedSockets, words: Int32Array, row: number, word: number): number {
  if (table.family === 'inet6') return words[row * 4 + word] as number;
  if (word === 3) return words[row * 4] as number;
  return word === 2 ? mappedPrefix : 0;
}

/** A hash of an end. */
function endHash(pack: PackedSockets, words: Int32Array, port: number, row: number): number {
  let sum = hashTerm(port, 0);
  for (let word = 0; word < 4; word++) {
    sum += hashTerm(wordAt(pack, words, row, word), word + 1);
  }
  return sum % hashPrime;
}

/** Mixes the bits, so that other pairs of ends have the same sum only by chance. */
function mixed(number: number): number {
  const spread = Math.imul(number ^ (number >>> 15), 0x2545f491);
  return spread ^ (spread >>> 13);
}

/** The same whichever end comes first. */
function hashOf(pack: PackedSockets, row: number): number {
  return (
    mixed(endHash(pack, pack.locals, pack.localPorts[row] as number, row)) +
    mixed(endHash(pack, pack.remotes, pack.remotePorts[row] as number, row))
  );
}

function areSwapped(one: PackedSockets, row: number, other: PackedSockets, at: number): boolean {
  if (one.localPorts[row] !== other.remotePorts[at]) return false;
  if (one.remotePorts[row] !== other.localPorts[at]) return false;
  for (let word = 0; word < 4; word++) {
    const isSwapped =
      wordAt(one, one.locals, row, word) === wordAt(other, other.remotes, at, word) &&
      wordAt(one, one.remotes, row, word) === wordAt(other, other.locals, at, word);
    if (!isSwapped) return false;
  }
  return true;
}
