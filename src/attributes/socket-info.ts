import { inetProtocols } from '../model/protocol.ts';
import { isFullSocket, isListening } from '../model/socket/classify.ts';
import { isDeviceKnown } from '../model/socket/device.ts';
import type { SocketMemory } from '../model/socket/info.ts';
import type { Socket } from '../model/socket/socket.ts';
import { type Attribute, textual } from './attribute.ts';
import { measured, onRequest } from './on-request.ts';

/** What is said of a number. */
interface SocketNumber {
  readonly key: string;
  readonly header: string;
  /** Its place in the schema: `inetSocket.drops`. */
  readonly field: string;
  readonly meaning: string;
  /** As in `Attribute`; default: of every full socket. */
  isUnavailable?(socket: Socket): boolean;
}

function number(
  { key, header, field, meaning, isUnavailable = isFullSocket }: SocketNumber,
  of: (socket: Socket) => number | bigint | null | undefined,
): Attribute<Socket> {
  const fields = field.startsWith('inetSocket.')
    ? [field, field.replace('inetSocket', 'unixSocket')]
    : [field];
  return measured({ key, header, meaning, fields, isUnavailable }, 'socketInfo', of);
}

function memory(
  key: string,
  header: string,
  field: keyof SocketMemory,
  meaning: string,
): Attribute<Socket> {
  return measured(
    {
      key,
      header,
      meaning,
      unit: 'bytes',
      fields: [`socketMemory.${field}`],
      isUnavailable: isFullSocket,
    },
    'socketInfo',
    (socket) => socket.memory?.[field],
  );
}

/** Whether a socket can have an accept queue: a server of a protocol with connections. */
function mayAccept(socket: Socket): boolean {
  return (socket.protocol === 'tcp' || socket.protocol === 'unix') && isListening(socket);
}

/** The attributes that the kernel reports for any socket beyond its row. */
export const socketInfoAttributes: readonly Attribute<Socket>[] = [
  number(
    {
      key: 'acceptq',
      header: 'Accept-Q',
      field: 'acceptQueue.length',
      meaning: 'Listener: connections waiting to be accepted.',
      isUnavailable: mayAccept,
    },
    ({ acceptQueue }) => acceptQueue?.length,
  ),
  number(
    {
      key: 'acceptlimit',
      header: 'Limit',
      field: 'acceptQueue.limit',
      meaning:
        'Most connections that can wait: the backlog of listen(2), limited to net.core.somaxconn; null: not known.',
      isUnavailable: mayAccept,
    },
    ({ acceptQueue }) => acceptQueue?.limit,
  ),
  number(
    {
      key: 'drops',
      header: 'Drops',
      field: 'inetSocket.drops',
      meaning:
        'Packets dropped at the socket, for example because its receive buffer was full; null: not known.',
    },
    ({ drops }) => drops,
  ),
  memory(
    'rmem',
    'Rmem',
    'receive',
    'Memory used by data received and not yet read, including overhead.',
  ),
  memory('rmemlimit', 'Rmem Limit', 'receiveLimit', 'Maximum receive memory (SO_RCVBUF).'),
  memory(
    'wmem',
    'Wmem',
    'send',
    'Memory used by data passed to the network layer and not yet sent.',
  ),
  memory(
    'wmemlimit',
    'Wmem Limit',
    'sendLimit',
    'Maximum memory for data waiting to be sent (SO_SNDBUF).',
  ),
  memory('forwardmem', 'Forward', 'forward', 'Memory reserved for further data.'),
  memory(
    'queuedmem',
    'Queued',
    'queued',
    'Memory used by data waiting to be sent or acknowledged.',
  ),
  memory('optionmem', 'Options', 'options', 'Memory used by socket options and filters.'),
  memory(
    'backlogmem',
    'Backlog',
    'backlog',
    "Memory used by data that arrived while the program held the socket's lock.",
  ),
  {
    ...number(
      {
        key: 'mark',
        header: 'Mark',
        field: 'inetSocket.mark',
        meaning:
          "The mark of the socket's packets (SO_MARK); null: not known (needs CAP_NET_ADMIN).",
        isUnavailable: ({ protocol }) => protocol !== 'unix',
      },
      ({ mark }) => mark,
    ),
    aliases: ['fwmark'],
    protocols: inetProtocols,
    filter: {
      kind: 'number',
      expected: 'a mark',
      masked: true,
      of: ({ mark }) => mark ?? null,
    },
  },
  number(
    {
      key: 'cookie',
      header: 'Cookie',
      field: 'inetSocket.cookie',
      meaning: "The kernel's number for the socket, unique until reboot; null: not known.",
      isUnavailable: () => true,
    },
    ({ cookie }) => cookie,
  ),
  {
    ...textual(
      {
        key: 'device',
        aliases: ['dev'],
        protocols: inetProtocols,
        header: 'Device',
        meaning:
          'The interface that an Internet socket is bound to (SO_BINDTODEVICE, a VRF, the link of a link-local address): its name in its network namespace, or its number if it no longer has a name; null: not bound, or not known (`cookie` is then null too).',
        fields: ['inetSocket.device', 'unixSocket.device'],
        width: 8,
        isUnavailable: (socket) => socket.protocol !== 'unix' && !isDeviceKnown(socket),
        ...onRequest('socketInfo'),
      },
      ({ device }) => device,
    ),
    filter: {
      kind: 'text',
      expected: 'an interface',
      of: ({ device }) => [device ?? null],
    },
  },
];
