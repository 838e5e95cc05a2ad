import type { Endpoint } from '../model/address/endpoint.ts';
import { isAnyAddress, unmapped } from '../model/address/text.ts';
import type { Protocol } from '../model/protocol.ts';
import type { Names } from '../model/report/names.ts';

/** An endpoint's address as data: with its zone after `%` (RFC 4007), and `…` if the platform cut it. */
export function addressText(end: Endpoint): string {
  return `${end.address}${end.zone === null ? '' : `%${end.zone}`}${end.cut ? '…' : ''}`;
}

/**
 * The host's name if it has one, else its address: an IPv4-mapped one as IPv4, as netstat shows it, so that a client of a
 * server for both families has one name. A cut address is never looked up.
 */
export function hostText(end: Endpoint, names: Names): string {
  const { address, cut } = end;
  const name = cut || isAnyAddress(address) ? undefined : names.host(address);
  return name ?? addressText({ ...end, address: unmapped(address) });
}

/** A port for people: `*` for any, the service's name if it has one. */
export function portText(port: number, protocol: Protocol, names: Names): string {
  return port === 0 ? '*' : (names.service(port, protocol) ?? String(port));
}

/** Address and port in one text, an IPv6 address in brackets (RFC 3986), so that the port is unambiguous. */
export function joined(host: string, port: string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
