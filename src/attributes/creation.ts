import type { Socket } from '../model/socket/socket.ts';
import { type Attribute, numeric, textual } from './attribute.ts';
import { onRequest } from './on-request.ts';

function createdAt(socket: Socket): string | null {
  return socket.protocol === 'unix' ? null : (socket.createdAt ?? null);
}

/** Milliseconds between a socket's creation and `now`; at least 0, even if the clock was set back. */
function ageAt(socket: Socket, now: number): number | null {
  const created = createdAt(socket);
  return created === null ? null : Math.max(0, now - Date.parse(created));
}

/** The last moment that a Date can hold. */
const latest = 8.64e15;

const asked = { ...onRequest('createdAt'), fact: 'creationTimes' } as const;

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
          of: (socket) => ageAt(socket, Date.now()),
        },
      },
      // Any fixed time gives the same order of ages.
      (socket) => ageAt(socket, latest),
    ),
    value: (socket, { takenAt }) => String(ageAt(socket, Date.parse(takenAt)) ?? ''),
  },
];
