import type { Socket } from '../model/socket/socket.ts';
import { type Attribute, needing, numeric, type Rest, type Unit } from './attribute.ts';

/** Needs of facts that are read only on request; CSV shows them by the same name. */
export type OnRequest = 'tcpInfo' | 'rates' | 'socketInfo' | 'createdAt';

/** The properties of an attribute that is read only on request. */
export function onRequest(need: OnRequest) {
  return needing([need], [need]);
}

const headerUnits: Readonly<Record<Unit, string>> = {
  bytes: 'B',
  ms: 'ms',
  packets: 'segments',
  'per second': '/s',
  'bytes per second': 'B/s',
};

const expected: Readonly<Partial<Record<Unit, string>>> = {
  bytes: 'a number of bytes',
  ms: 'a time',
  'bytes per second': 'a number of bytes',
};

/** A number with its unit in the header, which expressions can also compare. */
export function measured(
  { unit, ...rest }: Rest<Socket>,
  need: OnRequest,
  of: (socket: Socket) => number | bigint | null | undefined,
): Attribute<Socket> {
  return numeric(
    {
      ...rest,
      ...(unit !== undefined && { unit, header: `${rest.header} (${headerUnits[unit]})` }),
      ...onRequest(need),
      filter: {
        kind: 'number',
        expected: (unit && expected[unit]) ?? 'a whole number',
        of: (socket) => {
          const value = of(socket);
          return value === null || value === undefined ? null : Number(value);
        },
      },
    },
    of,
  );
}
