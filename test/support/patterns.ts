import type { Socket } from '../../src/model/socket.ts';
import type { PatternAtom, PortAtom, SocketPattern } from '../../src/model/socket-pattern.ts';
import type { StateFilter } from '../../src/model/state.ts';
import { prefixTest } from '../../src/select/address.ts';
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
