import type { Endpoint } from '../../../model/address/endpoint.ts';
import { unmapped } from '../../../model/address/text.ts';
import type { InetProtocol } from '../../../model/protocol.ts';
import type { Names } from '../../../model/report/names.ts';
import type { View } from '../../../model/request/view.ts';
import { sanitize } from '../../../text/sanitize.ts';
import { bytesIn, cut } from './pad.ts';

/** Without -W an address and its port share this many bytes; the port is never cut. */
export const cellWidth = 22;
/** Without -W a service's name is cut to this. */
const serviceWidth = 18;

/** Makes the text of an address and port. */
export type AddressCell = (end: Endpoint, protocol: InetProtocol) => string;

/** netstat's `address:port`, cut to its column unless -W is given. */
export function addressCell(view: View, names: Names): AddressCell {
  const host = hostText(view, names);
  const port = portText(view, names);
  if (view.wide) return (end, protocol) => `${host(end)}:${port(end.port, protocol)}`;
  return (end, protocol) => {
    const name = port(end.port, protocol);
    return `${cut(host(end), cellWidth - bytesIn(name))}:${name}`;
  };
}

/** The address alone: the host's name, or the number as netstat prints it. */
export function hostText(view: Pick<View, 'numeric'>, names: Names): (end: Endpoint) => string {
  const numeric = view.numeric.hosts;
  return ({ address, zone }) => {
    if (!numeric) {
      if (address === '::') return '[::]';
      const name = address === '0.0.0.0' ? undefined : names.host(address);
      if (name !== undefined) return sanitize(name);
    }
    const bare = unmapped(address);
    return zone === null ? bare : `${bare}%${sanitize(zone)}`;
  };
}

/** The port alone: `*` for 0, the service's name, or the number. */
function portText(view: View, names: Names): (port: number, protocol: InetProtocol) => string {
  const numeric = view.numeric.ports;
  return (port, protocol) => {
    if (port === 0) return '*';
    if (numeric) return String(port);
    const name = names.service(port, protocol);
    if (name === undefined) return String(port);
    return view.wide ? sanitize(name) : cut(sanitize(name), serviceWidth);
  };
}
