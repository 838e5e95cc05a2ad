import type { NetInterface } from '../../model/interface.js';
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

type Counters = readonly [
  bytes: number,
  packets: number,
  errors: number,
  dropped: number,
  fifo: number,
  frame: number,
  compressed: number,
  multicast: number,
  sentBytes: number,
  sentPackets: number,
  sentErrors: number,
  sentDropped: number,
  sentFifo: number,
  collisions: number,
  carrier: number,
  sentCompressed: number,
];

function deviceCounters(line: string): DeviceCounters | null {
  // A name holds no colon, but old kernels list aliases, whose names do; a counter never does.
  const colon = line.lastIndexOf(':');
  const name = line.slice(0, Math.max(colon, 0)).replace(/^ +/, '');
  const words = wordsOf(line.slice(colon + 1));
  if (name === '' || words.length < 16 || !words.every((word) => /^\d+$/.test(word))) return null;
  const counters = words.map(Number) as unknown as Counters;
  const [bytes, packets, errors, dropped, fifo, frame, compressed, multicast] = counters;
  const [, , , , , , , , sentBytes, sentPackets, sentErrors, sentDropped, sentFifo] = counters;
  const [collisions, carrier, sentCompressed] = counters.slice(13) as [number, number, number];
  return {
    name,
    received: { bytes, packets, errors, dropped, overruns: fifo, frameOrCarrier: frame },
    sent: {
      bytes: sentBytes,
      packets: sentPackets,
      errors: sentErrors,
      dropped: sentDropped,
      overruns: sentFifo,
      frameOrCarrier: carrier,
    },
    collisions,
    multicast,
    compressedReceived: compressed,
    compressedSent: sentCompressed,
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
