import { canonicalAddress } from '../model/address/read.ts';

/**
 * Whether a Host header names an address or `localhost`, or is absent. A web page may point a domain of its own at
 * this machine to reach a server on loopback (DNS rebinding); the browser then sends that domain. An address or
 * `localhost` cannot be pointed elsewhere. A request without the header is not from a browser.
 */
export function namesNoDomain(host: string | undefined): boolean {
  if (host === undefined) return true;
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host.trim()) ?? [];
  if (bracketed !== undefined)
    return canonicalAddress(bracketed.split('%', 1)[0] as string) !== null;
  if (plain === undefined) return false;
  return /^localhost\.?$/i.test(plain) || canonicalAddress(plain) !== null;
}
