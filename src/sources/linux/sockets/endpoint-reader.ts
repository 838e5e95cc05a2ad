import type { Endpoint } from '../../../model/address/endpoint.ts';
import type { InetFamily } from '../../../model/protocol.ts';
import { hex4, scan, scanWord } from '../scan.ts';
import { ipv4Store, ipv6Store } from './endpoint-store.ts';

/** Reads `address:port` at an offset and leaves the scan's cursor after it; null: none there. */
export type EndpointReader = (bytes: Uint8Array, at: number, end: number) => Endpoint | null;

/** A reader for addresses of one family, printed on a machine with that byte order. */
export function endpointReader(family: InetFamily, littleEndian: boolean): EndpointReader {
  return family === 'inet' ? ipv4Reader(littleEndian) : ipv6Reader(littleEndian);
}

function ipv4Reader(littleEndian: boolean): EndpointReader {
  const endpoint = ipv4Store(littleEndian);
  return (bytes, at, end) => {
    const word = scanWord(bytes, at, end);
    if (scan.cursor < 0) return null;
    const port = scanPort(bytes, end);
    return port < 0 ? null : endpoint(word, port);
  };
}

function ipv6Reader(littleEndian: boolean): EndpointReader {
  const endpoint = ipv6Store(littleEndian);
  return (bytes, at, end) => {
    const a = scanWord(bytes, at, end);
    if (scan.cursor < 0) return null;
    const b = scanWord(bytes, scan.cursor, end);
    if (scan.cursor < 0) return null;
    const c = scanWord(bytes, scan.cursor, end);
    if (scan.cursor < 0) return null;
    const d = scanWord(bytes, scan.cursor, end);
    if (scan.cursor < 0) return null;
    const port = scanPort(bytes, end);
    return port < 0 ? null : endpoint(a, b, c, d, port);
  };
}

/** Reads `:port` after an address, four digits (`%04X`); negative: none there. */
function scanPort(bytes: Uint8Array, end: number): number {
  const at = scan.cursor + 1;
  if (at + 4 > end || bytes[at - 1] !== 58) return -1;
  const port = hex4(bytes, at);
  scan.cursor = at + 4;
  return port;
}
