import { isListening, isWhole } from '../model/classify.ts';
import type { Socket } from '../model/socket.ts';
import { isDeviceTold } from '../model/socket-device.ts';
import type { SocketMemory } from '../model/socket-info.ts';
import { type Attribute, textual } from './attribute.ts';
import { measured, onRequest } from './on-request.ts';

function number(
  key: string,
  header: string,
  field: string,
  meaning: string,
  of: (socket: Socket) => number | bigint | null | undefined,
  isUntold: (socket: Socket) => boolean = isWhole,
): Attribute<Socket> {
  const fields = field.startsWith('inetSocket.')
    ? [field, field.replace('inetSocket', 'unixSocket')]
    : [field];
  return measured({ key, header, meaning, fields, isUntold }, 'socketInfo', of);
}

function memory(
  key: string,
  header: string,
  field: keyof SocketMemory,
  meaning: string,
): Attribute<Socket> {
  return measured(
    { key, header, meaning, unit: 'bytes', fields: [`socketMemory.${field}`], isUntold: isWhole },
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
    'acceptq',
    'Accept-Q',
    'acceptQueue.length',
    'Connections that wait for a listener to accept them.',
    ({ acceptQueue }) => acceptQueue?.length,
    mayAccept,
  ),
  number(
    'acceptlimit',
    'Limit',
    'acceptQueue.limit',
    'How many can wait: the backlog of listen(2), cut to net.core.somaxconn; null: not told.',
    ({ acceptQueue }) => acceptQueue?.limit,
    mayAccept,
  ),
  number(
    'drops',
    'Drops',
    'inetSocket.drops',
    'Packets that the socket threw away, such as those that its receive buffer had no room for; null: not told.',
    ({ drops }) => drops,
  ),
  memory(
    'rmem',
    'Rmem',
    'receive',
    'Memory of what is received and not yet read, the bookkeeping included.',
  ),
  memory('rmemlimit', 'Rmem Limit', 'receiveLimit', 'The most of that (SO_RCVBUF).'),
  memory('wmem', 'Wmem', 'send', 'Memory of what is handed to the network and not yet sent.'),
  memory('wmemlimit', 'Wmem Limit', 'sendLimit', 'The most that may wait to be sent (SO_SNDBUF).'),
  memory('forwardmem', 'Forward', 'forward', 'Memory set aside for what comes next.'),
  memory('queuedmem', 'Queued', 'queued', 'Memory of what waits to be sent or acknowledged.'),
  memory('optionmem', 'Options', 'options', "Memory of the socket's options and filters."),
  memory(
    'backlogmem',
    'Backlog',
    'backlog',
    'Memory of what came while the program was at work on the socket.',
  ),
  number(
    'mark',
    'Mark',
    'inetSocket.mark',
    "The mark of the socket's packets (SO_MARK); null: not told, which takes CAP_NET_ADMIN.",
    ({ mark }) => mark,
    ({ protocol }) => protocol !== 'unix',
  ),
  number(
    'cookie',
    'Cookie',
    'inetSocket.cookie',
    "The kernel's number for the socket, which no other has while the machine is up; null: not told.",
    ({ cookie }) => cookie,
    () => true,
  ),
  {
    ...textual(
      {
        key: 'device',
        aliases: ['dev'],
        header: 'Device',
        meaning:
          'The interface that an Internet socket is bound to (SO_BINDTODEVICE, a VRF, the link of a link-local address): its name in its network namespace, its number where that has no name any more; null: to none, or not told, and then `cookie` is null too.',
        fields: ['inetSocket.device', 'unixSocket.device'],
        width: 8,
        isUntold: (socket) => socket.protocol !== 'unix' && !isDeviceTold(socket),
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
