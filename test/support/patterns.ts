import fc from 'fast-check';
import { prefixTest } from '../../src/model/address/prefix.ts';
import {
  type PatternAtom,
  type PortAtom,
  pattern,
  type SocketPattern,
} from '../../src/model/socket/pattern.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import type { StateFilter } from '../../src/model/socket/state.ts';
import { parsePrefix } from '../../src/select/address.ts';
import { stateTest } from '../../src/select/states.ts';

export const port = (end: PortAtom['end'], low: number, high = low): PortAtom => ({
  ...{ kind: 'port', end, low, high },
});

export const inState = (...states: StateFilter[]): SocketPattern => ({
  kind: 'state',
  states: new Set(states),
});
export const listening = inState('listening');

/** Whether a pattern is true of what its atoms are `asked` about. */
export function matches(of: SocketPattern, asked: (atom: PatternAtom) => boolean): boolean {
  if (typeof of === 'boolean') return of;
  switch (of.kind) {
    case 'not':
      return !matches(of.of, asked);
    case 'all':
      return of.of.every((one) => matches(one, asked));
    case 'any':
      return of.of.some((one) => matches(one, asked));
    default:
      return asked(of);
  }
}

/** Whether a socket matches a pattern, from the definition of its atoms. */
export function isMatched(of: SocketPattern, socket: Socket): boolean {
  return matches(of, (atom) => {
    if (atom.kind === 'state') return stateTest(atom.states)(socket);
    if (atom.kind === 'table') {
      const { protocol, family } = atom;
      return [null, socket.protocol].includes(protocol) && [null, socket.family].includes(family);
    }
    if (socket.protocol === 'unix') return false;
    const { port, address } = socket[atom.end];
    if (atom.kind === 'port') return port >= atom.low && port <= atom.high;
    return prefixTest(atom.prefix)(address);
  });
}

export const anyPort = fc.constantFrom(0, 1, 22, 443, 40000, 65535);
const end = fc.constantFrom('local' as const, 'remote' as const);
const prefix = fc
  .constantFrom(
    ...['10/8', '10.1.2.3', '0.0.0.0/0', '127.0.0.1/31', '192.0.2.0/24'],
    ...['::/0', '::1', '2001:db8::/33', '::ffff:0:0/96', '::ffff:10.1.2.3'],
  )
  .map((text) => parsePrefix(text) as NonNullable<ReturnType<typeof parsePrefix>>);
const atom: fc.Arbitrary<SocketPattern> = fc.oneof(
  fc
    .tuple(end, anyPort, anyPort)
    .map(([which, a, b]) => port(which, Math.min(a, b), Math.max(a, b))),
  fc.record({ kind: fc.constant('address' as const), end, prefix }),
  fc.record({
    kind: fc.constant('table' as const),
    protocol: fc.constantFrom(null, 'tcp' as const, 'udp' as const),
    family: fc.constantFrom(null, 'inet' as const, 'inet6' as const),
  }),
  fc
    .subarray<StateFilter>(['established', 'listening', 'time-wait', 'syn-recv', 'unknown'])
    .map((states) => inState(...states)),
);
/** Any pattern of ports, addresses, states and tables. */
export const anyPattern: fc.Arbitrary<SocketPattern> = fc.letrec<{ node: SocketPattern }>(
  (tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      { weight: 3, arbitrary: atom },
      { weight: 1, arbitrary: tie('node').map(pattern.not) },
      { weight: 1, arbitrary: fc.array(tie('node'), { maxLength: 4 }).map(pattern.all) },
      { weight: 1, arbitrary: fc.array(tie('node'), { maxLength: 4 }).map(pattern.any) },
    ),
  }),
).node;
