import type { PatternAtom, PortAtom, SocketPattern } from '../../src/model/socket-pattern.ts';
import type { StateFilter } from '../../src/model/state.ts';

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
