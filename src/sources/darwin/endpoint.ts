import type { Endpoint } from '../../model/address/endpoint.ts';
import { highestPort } from '../../model/address/port.ts';
import { canonicalAddress } from '../../model/address/read.ts';
import { splitZone } from './address.ts';

/** The format of a row's addresses. */
export interface EndpointForm {
  /** tcp6, udp6 and the 46 protocols. */
  readonly ipv6: boolean;
  /** Whether IPv6 addresses may be cut at 16 characters (no -l). */
  readonly cutAt16: boolean;
  /** The width of the column if it is cut, including the port (-A); else null. */
  readonly columnWidth: number | null;
}

/** The maximum length of an IPv6 address, without -l and with it (inet6print in inet6.c). */
const shortLimit = 16;
const longLimit = 39;

/**
 * Parses an address and a port, separated by the last dot: `192.0.2.7.443`, `fe80::1%en0.22`, `*.5353`, `*.*`. null for
 * anything else (a name, as without -n).
 */
export function parseEndpoint(text: string, form: EndpointForm): Endpoint | null {
  const dot = text.lastIndexOf('.');
  const host = text.slice(0, dot);
  const port = parsePort(text.slice(dot + 1));
  if (dot < 1 || port === null) return null;
  const columnCut = text.length === form.columnWidth;

  if (host === '*') return whole(form.ipv6 ? '::' : '0.0.0.0', port);
  const address4 = host.includes(':') ? null : canonicalAddress(host);
  if (address4 !== null) {
    // A dual-stack socket prints an IPv4 peer without a prefix; here it becomes an IPv6 address.
    const address = form.ipv6 ? `::ffff:${address4}` : address4;
    return columnCut ? cut(address, port) : whole(address, port);
  }
  if (!form.ipv6) return null;

  const { address: bare, zone } = splitZone(host);
  const address = canonicalAddress(bare);
  if (address !== null) {
    const mayBeCut =
      columnCut ||
      (host.length === shortLimit && form.cutAt16) ||
      (host.length >= longLimit && zone !== null);
    return mayBeCut ? cut(address, port) : whole(address, port, zone);
  }
  if (host.length === shortLimit && /^[0-9a-f:]+$/i.test(host)) return cut(host, port);
  return null;
}

function parsePort(text: string): number | null {
  if (text === '*') return 0;
  if (!/^\d{1,5}$/.test(text)) return null;
  const port = Number(text);
  return port > highestPort ? null : port;
}

function whole(address: string, port: number, zone: string | null = null): Endpoint {
  return { address, port, zone };
}

/** The zone may be cut too, so it is left out. */
function cut(address: string, port: number): Endpoint {
  return { address, port, zone: null, cut: true };
}
