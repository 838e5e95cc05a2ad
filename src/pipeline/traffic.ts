import { isNetstatError } from '../errors.ts';
import { allOf } from '../flow/all-of.ts';
import type { Counter } from '../model/machine/counter.ts';
import { isLoopbackInterface, type NetInterface } from '../model/machine/interface.ts';
import type { Source } from '../sources/source.ts';

/** Bytes per second; null: not known, or no previous round to compare with. */
export interface TrafficRates {
  readonly received: number | null;
  readonly sent: number | null;
  /** The counters that it is computed from. */
  readonly of: 'IP' | 'interfaces';
}

/** Byte counts at a moment. */
interface Counted {
  readonly received: bigint;
  readonly sent: bigint;
  /** In milliseconds. */
  readonly at: number;
}

const silent = { warn: () => undefined };

/**
 * Measures from round to round how much a machine receives and sends: by IP's own counters, if known, loopback
 * included (one read of three files); otherwise by the interfaces' counters, without loopback.
 */
export function trafficMeter(source: Source): (at: number) => Promise<TrafficRates | null> {
  let before: Counted | null = null;
  // For several machines there is no single number, and each reading connects to all of them.
  let isUnavailable = source.machines !== undefined;
  return async (at) => {
    if (isUnavailable) return null;
    const counted = await bytes(source);
    if (counted === null) {
      isUnavailable = true;
      return null;
    }
    const last = before;
    before = { ...counted, at };
    const seconds = last === null ? 0 : (at - last.at) / 1000;
    const of = source.reports.includes('statistics') ? 'IP' : 'interfaces';
    if (last === null || seconds <= 0) return { received: null, sent: null, of };
    return {
      of,
      received: perSecond(last.received, counted.received, seconds),
      sent: perSecond(last.sent, counted.sent, seconds),
    };
  };
}

/** null if a counter was reset, for example because an interface was removed. */
function perSecond(then: bigint, now: bigint, seconds: number): number | null {
  return now < then ? null : Math.round(Number(now - then) / seconds);
}

async function bytes(source: Source): Promise<Omit<Counted, 'at'> | null> {
  try {
    if (source.reports.includes('statistics')) {
      const families = ['inet', 'inet6'] as const;
      const { batches } = source.read({ report: 'statistics', families }, silent);
      return octets(await allOf(batches));
    }
    if (!source.reports.includes('interfaces')) return null;
    const { batches } = source.read({ report: 'interfaces', families: [] }, silent);
    return ofInterfaces(await allOf(batches));
  } catch (error) {
    if (isNetstatError(error)) return null;
    throw error;
  }
}

function octets(counters: readonly Counter[]): Omit<Counted, 'at'> | null {
  const sum = (name: string) =>
    counters
      .filter((one) => one.name === name && (one.group === 'IpExt' || one.group === 'Ip6'))
      .map(({ value }) => value);
  const received = sum('InOctets');
  const sent = sum('OutOctets');
  if (received.length === 0 || sent.length === 0) return null;
  const total = (values: readonly bigint[]) => values.reduce((all, one) => all + one, 0n);
  return { received: total(received), sent: total(sent) };
}

function ofInterfaces(interfaces: readonly NetInterface[]): Omit<Counted, 'at'> | null {
  let received = 0n;
  let sent = 0n;
  let isKnown = false;
  for (const one of interfaces) {
    if (isLoopbackInterface(one)) continue;
    const { bytes: came } = one.received;
    const { bytes: went } = one.sent;
    if (came === null || went === null) continue;
    isKnown = true;
    received += came;
    sent += went;
  }
  return isKnown ? { received, sent } : null;
}
