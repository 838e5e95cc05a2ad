import { inetProtocols } from '../model/protocol.ts';
import type { Socket } from '../model/socket/socket.ts';
import { ageAt, timeAgo } from './age.ts';
import { type Attribute, numeric, textual } from './attribute.ts';
import { onRequest } from './on-request.ts';

function createdAt(socket: Socket): string | null {
  return socket.protocol === 'unix' ? null : (socket.createdAt ?? null);
}

/** The last moment that a Date can hold. */
const latest = 8.64e15;

const asked = {
  ...onRequest('createdAt'),
  fact: 'creationTimes',
  protocols: inetProtocols,
} as const;

/** When a socket was created, and how long ago. */
export const creationAttributes: readonly Attribute<Socket>[] = [
  textual(
    {
      key: 'created',
      header: 'Created At',
      meaning: 'When the socket was created, ISO 8601, UTC (Windows only); null if not known.',
      fields: ['inetSocket.createdAt'],
      width: 24,
      tone: 'quiet',
      ...asked,
      filter: {
        kind: 'number',
        ...timeAgo,
        of: (socket, readAt) => ageAt(createdAt(socket), readAt),
      },
    },
    createdAt,
  ),
  {
    ...numeric<Socket>(
      {
        key: 'age',
        header: 'Age (ms)',
        meaning: 'Age of the socket when it was read, in milliseconds (Windows).',
        unit: 'ms',
        derived: true,
        ...asked,
        filter: {
          kind: 'number',
          expected: 'a time',
          isAge: true,
          of: (socket, readAt) => ageAt(createdAt(socket), readAt),
        },
      },
      // Any fixed time gives the same order of ages.
      (socket) => ageAt(createdAt(socket), latest),
    ),
    value: (socket, { takenAt }) => String(ageAt(createdAt(socket), Date.parse(takenAt)) ?? ''),
  },
];
