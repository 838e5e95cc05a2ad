import type { TcpRates } from '../socket/info.ts';
import { copy } from './columns.ts';

/** Bits of `PackedRates.known`: which rates of a row are known. */
export const knownRates = { there: 1, sent: 2, received: 4 } as const;

/** The data rates of each connection in a pack. */
export interface PackedRates {
  /** By row: bits of `knownRates`; 0: null in an object. */
  readonly known: Uint8Array;
  /** Bytes per second. */
  readonly sent: Float64Array;
  readonly received: Float64Array;
}

/** Returns space for the rates of `room` rows, all unknown. */
export function emptyRates(room: number): PackedRates {
  return {
    known: new Uint8Array(room),
    sent: new Float64Array(room),
    received: new Float64Array(room),
  };
}

/** Writes the rates of a row; null: not known. */
export function writeRates(to: PackedRates, row: number, rates: TcpRates | null): void {
  if (rates === null) {
    to.known[row] = 0;
    return;
  }
  const { sent, received } = rates;
  to.known[row] =
    knownRates.there |
    (sent === null ? 0 : knownRates.sent) |
    (received === null ? 0 : knownRates.received);
  to.sent[row] = sent ?? 0;
  to.received[row] = received ?? 0;
}

/** Returns the rates of a row as in an object. */
export function ratesAt({ known, sent, received }: PackedRates, row: number): TcpRates | null {
  const flags = known[row] as number;
  if (flags === 0) return null;
  return {
    sent: (flags & knownRates.sent) === 0 ? null : (sent[row] as number),
    received: (flags & knownRates.received) === 0 ? null : (received[row] as number),
  };
}

/** Copies the rates of some rows to other rows. */
export function copyRates(
  to: PackedRates,
  at: number,
  from: PackedRates,
  row: number,
  count: number,
): void {
  copy(to.known, at, from.known, row, count);
  copy(to.sent, at, from.sent, row, count);
  copy(to.received, at, from.received, row, count);
}
