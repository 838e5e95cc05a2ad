import type { Endpoint } from '../model/address/endpoint.ts';
import { addressSortKey } from '../model/address/order.ts';
import type { InetSocket, Socket } from '../model/socket/socket.ts';
import { addressText, hostText, joined, portText } from './address.ts';
import type { Attribute, Cell, End, SortValue } from './attribute.ts';

export const isInet = (socket: Socket): socket is InetSocket => socket.protocol !== 'unix';

function alternates(socket: InetSocket, end: End): readonly string[] {
  return (end === 'local' ? socket.localAlternates : socket.remoteAlternates) ?? [];
}

/** The addresses of one end: one, except for a multi-homed SCTP end. */
function addresses(socket: Socket, end: End, text: (end: Endpoint) => string): Cell {
  if (!isInet(socket)) return '';
  const others = alternates(socket, end);
  const first = text(socket[end]);
  return others.length === 0
    ? first
    : [first, ...others.map((address) => text({ address, port: 0, zone: null }))];
}

/** Address and port of one end; for a UNIX socket its path as the local end, since nothing else is known. */
function endText(socket: Socket, end: End, host: (end: Endpoint) => string, port: string): Cell {
  if (!isInet(socket)) return end === 'local' ? (socket.path ?? '') : '';
  const hosts = addresses(socket, end, host);
  return typeof hosts === 'string'
    ? joined(hosts, port)
    : hosts.map((address) => joined(address, port));
}

/** Sorts by address, then port. UNIX names come after all addresses. */
function endpointOrder(socket: Socket, end: End): SortValue {
  if (isInet(socket)) {
    const { address, port } = socket[end];
    // The port as one character: V8 keeps short text in one piece.
    return addressSortKey(address) + String.fromCharCode(port);
  }
  return end === 'remote' || socket.path === null ? null : `8${socket.path}`;
}

/** The texts of an attribute of one end. */
interface EndText {
  readonly end: End;
  readonly header: string;
  readonly meaning: string;
}

function addressAndPort(key: string, { end, header, meaning }: EndText): Attribute<Socket> {
  return {
    key,
    header,
    meaning,
    align: 'left',
    long: true,
    width: 23,
    derived: true,
    needs: ['hostNames', 'serviceNames'],
    value: (socket) =>
      endText(socket, end, addressText, isInet(socket) ? String(socket[end].port) : ''),
    show: (socket, { names }) =>
      endText(
        socket,
        end,
        (one) => hostText(one, names),
        isInet(socket) ? portText(socket[end].port, socket.protocol, names) : '',
      ),
    sort: (socket) => endpointOrder(socket, end),
    filter: { kind: 'host', end, withPort: true },
  };
}

function address({ end, header, meaning }: EndText): Attribute<Socket> {
  return {
    key: end,
    ...(end === 'remote' && { aliases: ['foreign'] }),
    header,
    meaning,
    path: `${end}.address`,
    align: 'left',
    long: true,
    width: 15,
    needs: ['hostNames'],
    value: (socket) => addresses(socket, end, addressText),
    show: (socket, { names }) => addresses(socket, end, (one) => hostText(one, names)),
    // Sockets of one host are sorted by port.
    sort: (socket) => endpointOrder(socket, end),
    filter: { kind: 'host', end, withPort: false },
  };
}

function port(key: string, alias: string, { end, header, meaning }: EndText): Attribute<Socket> {
  return {
    key,
    aliases: [alias],
    header,
    meaning,
    path: `${end}.port`,
    align: 'right',
    width: 5,
    needs: ['serviceNames'],
    value: (socket) => (isInet(socket) ? String(socket[end].port) : ''),
    show: (socket, { names }) =>
      isInet(socket) ? portText(socket[end].port, socket.protocol, names) : '',
    sort: (socket) => (isInet(socket) ? socket[end].port : null),
    filter: { kind: 'port', end },
  };
}

/** The attributes of the two ends of a socket. */
export const endAttributes: readonly Attribute<Socket>[] = [
  addressAndPort('src', {
    end: 'local',
    header: 'Local Address',
    meaning: 'The local end: address and port, or the name of a UNIX socket.',
  }),
  address({ end: 'local', header: 'Local Host', meaning: "The local end's address." }),
  port('lport', 'sport', { end: 'local', header: 'L-Port', meaning: "The local end's port." }),
  addressAndPort('dst', {
    end: 'remote',
    header: 'Foreign Address',
    meaning: 'The remote end: address and port.',
  }),
  address({ end: 'remote', header: 'Foreign Host', meaning: "The remote end's address." }),
  port('rport', 'dport', { end: 'remote', header: 'F-Port', meaning: "The remote end's port." }),
];
