import { canonicalAddress } from '../model/read-address.ts';

/**
 * Whether a Host header names an address or `localhost`. A page of a browser on this machine may reach a
 * server on loopback by a name of its own that it has point here (DNS rebinding), and then names that.
 * Nobody can have an address or `localhost` point elsewhere. What sends no such header is no browser.
 */
export function namesNoDomain(host: string | undefined): boolean {
  if (host === undefined) return true;
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host.trim()) ?? [];
  if (bracketed !== undefined)
    return canonicalAddress(bracketed.split('%', 1)[0] as string) !== null;
  if (plain === undefined) return false;
  return /^localhost\.?$/i.test(plain) || canonicalAddress(plain) !== null;
}
