import { isAnyAddress } from '../model/address-text.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { Names } from '../model/names.ts';
import type { Protocol } from '../model/socket.ts';

/** An endpoint's address as data: its zone after `%` (RFC 4007), `…` where the platform cut it. */
export function addressText(end: Endpoint): string {
  return `${end.address}${end.zone === null ? '' : `%${end.zone}`}${end.cut ? '…' : ''}`;
}

/** The host's name where there is one, else its address. A cut address is nobody's name. */
export function hostText(end: Endpoint, names: Names): string {
  if (end.cut || isAnyAddress(end.address)) return addressText(end);
  return names.host(end.address) ?? addressText(end);
}

/** A port for people: `*` for any, the service's name where there is one. */
export function portText(port: number, protocol: Protocol, names: Names): string {
  return port === 0 ? '*' : (names.service(port, protocol) ?? String(port));
}

/** Address and port in one, an IPv6 address in brackets (RFC 3986), so that the port is plain to see. */
export function joined(host: string, port: string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
