import { highestPort } from '../model/address/port.ts';
import { canonicalAddress, isLoopback } from '../model/address/read.ts';
import type { Listing } from '../model/request/listing.ts';
import type { MetricsAsked } from '../model/request/metrics.ts';
import type { ListenAddress, ServeRequest } from '../model/request/serving.ts';
import type { GivenFlags } from './given-flags.ts';
import { measuredListing, metricsAsked } from './metrics-from.ts';
import { refuse, refuseAlone, refusedBy } from './refusals.ts';
import { secondsIn } from './seconds.ts';
import { shownValue, usageError } from './usage.ts';

const defaultPlace = { address: '127.0.0.1', port: 9917 };

/** Milliseconds that a scrape waits: Prometheus' own default. */
const defaultTimeout = 10_000;

const placeForms =
  'expected ADDRESS:PORT, [ADDRESS]:PORT, PORT (this machine) or :PORT (every address)';

/**
 * The listing and request of `--serve`.
 * @throws NetstatError `usage`
 */
export function servingFrom(flags: GivenFlags): {
  readonly listing: Listing;
  readonly request: ServeRequest;
} {
  refuse(flags, '--serve', refusedBy.serve);
  const [word, ...others] = flags.words;
  // A word that is not a place is parsed as a filter, but filters have more than one word.
  if (flags.value('serve') === '' && word !== undefined && others.length === 0) {
    if (/^[\w./:@-]+$/.test(word)) throw usageError(`--serve ${word}: ${placeForms}`);
  }
  const request = { ...metricsAsked(flags), ...requestFrom(flags) };
  return { listing: withinScrape(measuredListing(flags), flags, request.timeout), request };
}

/**
 * Limits the time of other machines: one that does not answer must not delay the others' answers beyond the
 * scrape's timeout. By default they get half of it.
 * @throws NetstatError `usage`
 */
function withinScrape(listing: Listing, flags: GivenFlags, scrape: number): Listing {
  const { target } = listing;
  const { machines } = target;
  if (machines === null) return listing;
  if (!flags.has('on-timeout')) {
    const timeout = Math.min(machines.timeout, scrape / 2);
    return { ...listing, target: { ...target, machines: { ...machines, timeout } } };
  }
  if (machines.timeout < scrape) return listing;
  throw usageError(
    `--on-timeout ${flags.value('on-timeout')}: with --serve it must be less than --serve-timeout (${scrape / 1000})`,
  );
}

/** Refuses flags that require --serve. @throws NetstatError `usage` */
export function refuseWithoutServe(flags: GivenFlags): void {
  refuseAlone(flags, ['serve-auth', 'serve-anyone', 'serve-timeout'], '--serve');
}

function requestFrom(flags: GivenFlags): Omit<ServeRequest, keyof MetricsAsked> {
  const place = placeFrom(flags.value('serve') ?? '');
  const authFile = flags.value('serve-auth');
  const anyone = flags.has('serve-anyone');
  if (authFile === '') throw usageError('--serve-auth: expected a file, found nothing');
  if (authFile !== null && anyone) {
    throw usageError('--serve-auth and --serve-anyone: give one of them');
  }
  const { address, port } = place;
  if (authFile === null && !anyone && !(address !== null && isLoopback(address))) {
    const text = flags.value('serve') ?? '';
    throw usageError(
      `--serve ${text}: other machines could read it; use --serve-auth FILE (credentials) or --serve-anyone, or ${port} alone for this machine${portHint(text)}`,
    );
  }
  return { place, authFile, anyone, timeout: timeoutFrom(flags.value('serve-timeout')) };
}

/**
 * Parses a place. A port alone is on loopback; a colon before it means every address, as is usual for metrics
 * servers. Names are not looked up: whether a name means only this machine may change.
 * @throws NetstatError `usage`
 */
function placeFrom(text: string): ListenAddress {
  if (text === '') return defaultPlace;
  const wrong = () => usageError(`--serve ${text}: ${placeForms}`);
  if (/^\d+$/.test(text)) return { ...defaultPlace, port: portFrom(text, wrong) };
  const whole = addressFrom(text);
  if (whole !== undefined) return { address: whole, port: defaultPlace.port };
  const parts = /^(?:\[([^\]]+)\]|([^:[\]]*))(?::(\d+))?$/.exec(text);
  if (parts === null) throw wrong();
  const [, bracketed, plain, port] = parts;
  const isPlain = bracketed === undefined;
  const address = isPlain ? addressFrom(plain === '' ? '*' : `${plain}`) : addressFrom(bracketed);
  if (address === undefined || (!isPlain && address?.includes(':') !== true)) throw wrong();
  return { address, port: port === undefined ? defaultPlace.port : portFrom(port, wrong) };
}

/** `::1:9000` is itself an address, but may be meant as an address and a port. */
function portHint(text: string): string {
  const [, before = '', port] = /^(.*:.*):(\d+)$/.exec(text) ?? [];
  return canonicalAddress(before) === null
    ? ''
    : `; ${text} is an IPv6 address by itself; with a port it is written as [${before}]:${port}`;
}

/** An address in canonical form; null: every address; undefined: not an address. */
function addressFrom(text: string): string | null | undefined {
  if (text === '*') return null;
  if (text === 'localhost') return defaultPlace.address;
  const [address = '', zone] = text.split('%', 2);
  const canonical = canonicalAddress(address);
  if (canonical === null) return undefined;
  if (zone === undefined) return canonical;
  return canonical.includes(':') && /^[\w.-]+$/.test(zone) ? `${canonical}%${zone}` : undefined;
}

function portFrom(text: string, wrong: () => Error): number {
  const port = Number(text);
  if (port > highestPort) throw wrong();
  return port;
}

function timeoutFrom(text: string | null): number {
  if (text === null) return defaultTimeout;
  const value = secondsIn(text);
  if (!(value >= 0.1 && value <= 3600)) {
    throw usageError(
      `--serve-timeout ${shownValue(text)}: expected a number of seconds from 0.1 to 3600`,
    );
  }
  return value * 1000;
}
