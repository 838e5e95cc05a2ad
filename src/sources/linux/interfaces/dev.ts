import type { NetInterface, Traffic } from '../../../model/machine/interface.ts';
import { type Parsed, parseLines, wordsOf } from '../line-reader.ts';

/** An interface's name and counters. */
export type DeviceCounters = Pick<
  NetInterface,
  | 'name'
  | 'received'
  | 'sent'
  | 'collisions'
  | 'multicast'
  | 'compressedReceived'
  | 'compressedSent'
>;

/** The counters of one direction. Received: frame, compressed, multicast; sent: collisions, carrier, compressed. */
type Way = readonly [
  bytes: bigint,
  packets: bigint,
  errors: bigint,
  dropped: bigint,
  fifo: bigint,
  sixth: bigint,
  seventh: bigint,
  eighth: bigint,
];

function traffic([bytes, packets, errors, dropped, fifo]: Way, frameOrCarrier: bigint): Traffic {
  return { bytes, packets, errors, dropped, overruns: fifo, frameOrCarrier };
}

/** A counter of at most 64 bits; one printed with a sign is read as unsigned. */
const counter = /^-?\d{1,20}$/;
const counterOf = (word: string) =>
  word.startsWith('-') ? BigInt.asUintN(64, BigInt(word)) : BigInt(word);

function deviceCounters(line: string): DeviceCounters | null {
  // Split at the last colon: a name contains none, except for aliases on old kernels, and a counter never does. A
  // blank in the name means that two lines ran together.
  const colon = line.lastIndexOf(':');
  const name = line.slice(0, Math.max(colon, 0)).replace(/^ +/, '');
  const words = wordsOf(line.slice(colon + 1));
  if (name === '' || /[ \t]/.test(name)) return null;
  if (words.length < 16 || !words.every((word) => counter.test(word))) return null;
  const counts = words.slice(0, 16).map(counterOf);
  const [received, sent] = [counts.slice(0, 8), counts.slice(8, 16)] as unknown as [Way, Way];
  const [, , , , , frame, compressedReceived, multicast] = received;
  const [, , , , , collisions, carrier, compressedSent] = sent;
  return {
    name,
    received: traffic(received, frame),
    sent: traffic(sent, carrier),
    collisions,
    multicast,
    compressedReceived,
    compressedSent,
  };
}

/** /proc/net/dev (net/core/net-procfs.c, dev_seq_printf_stats): two header lines, one a device. */
export function parseNetDev(text: string): Parsed<DeviceCounters> {
  let headers = 2;
  return parseLines(text, (line) => (headers-- > 0 ? undefined : deviceCounters(line)));
}
