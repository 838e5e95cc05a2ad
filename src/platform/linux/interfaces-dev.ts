import type { NetInterface, Traffic } from '../../model/interface.js';
import { linesOf, type Parsed, wordsOf } from './report-source.js';

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

/** One way's counters. Received: frame, compressed, multicast; sent: collisions, carrier, compressed. */
type Way = readonly [
  bytes: number,
  packets: number,
  errors: number,
  dropped: number,
  fifo: number,
  sixth: number,
  seventh: number,
  eighth: number,
];

function traffic([bytes, packets, errors, dropped, fifo]: Way, frameOrCarrier: number): Traffic {
  return { bytes, packets, errors, dropped, overruns: fifo, frameOrCarrier };
}

function deviceCounters(line: string): DeviceCounters | null {
  // A name holds no colon, but old kernels list aliases, whose names do; a counter never does. Nor does
  // a name hold a blank: what does is two lines run together.
  const colon = line.lastIndexOf(':');
  const name = line.slice(0, Math.max(colon, 0)).replace(/^ +/, '');
  const words = wordsOf(line.slice(colon + 1));
  if (name === '' || /[ \t]/.test(name)) return null;
  if (words.length < 16 || !words.every((word) => /^\d+$/.test(word))) return null;
  const counts = words.map(Number);
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
  const rows: DeviceCounters[] = [];
  const malformed: number[] = [];
  for (const [at, line] of linesOf(text).entries()) {
    if (at < 2) continue;
    const row = deviceCounters(line);
    if (row === null) malformed.push(at + 1);
    else rows.push(row);
  }
  return { rows, malformed };
}
