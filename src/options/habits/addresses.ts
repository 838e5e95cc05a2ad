import type { Habit } from './habit.ts';
import { bothEnds, routesBeside } from './parts.ts';

/** An IPv6 address has eight parts, or `::` in place of some. */
const anAddress =
  /^(?:\d+\.\d+\.\d+\.\d+|(?=.*::|(?:[^:]*:){7})[0-9a-f]*:[0-9a-f:]*:[0-9a-f]*)(?:\/\d+)?$/i;

/** Addresses that stand alone. */
export const addresses: readonly Habit[] = [
  {
    typed: ['-rn 10.0.0.5'],
    fits: anAddress,
    beside: routesBeside,
    system: 'other tools',
    meaning: 'the route to an address',
    ours: 'ip route get TYPED on Linux, route get TYPED on macOS; -r lists all routes',
  },
  {
    typed: ['10.0.0.5', '::1'],
    fits: anAddress,
    system: 'other tools',
    meaning: 'an address',
    ours: '--remote 10.0.0.5, or --local 10.0.0.5',
  },
  {
    typed: ['10.0.0.5:3000', 'example.org:443'],
    fits: /^(?:[\w-]+\.)+[\w-]+:[\w-]+$/,
    system: 'other tools',
    meaning: 'an address and a port',
    ours: bothEnds('TYPED'),
  },
];

/** Addresses in brackets, with an interface, with stars for the last parts, or in a URL. */
export const markedAddresses: readonly Habit[] = [
  {
    typed: ['[::1]:22', '[fe80::1]'],
    fits: /^\[[0-9a-f:.]+(?:%\w+)?\](?::[\w-]+)?$/i,
    system: 'other tools',
    meaning: 'an address',
    ours: bothEnds('TYPED'),
  },
  {
    typed: ['fe80::1%lo'],
    fits: /^[0-9a-f]*:[0-9a-f:]*:[0-9a-f]*%[\w.-]+$/i,
    system: 'other tools',
    meaning: 'an address',
    ours: bothEnds('TYPED'),
  },
  ...[1, 2, 3].map(
    (known): Habit => ({
      typed: known === 3 ? ['192.168.0.*'] : [],
      fits: new RegExp(`^(?<NET>\\d+(?:\\.\\d+){${known - 1}})(?:\\.\\*)+$`),
      system: 'other tools',
      meaning: 'a network',
      ours: bothEnds(`NET${'.0'.repeat(4 - known)}/${8 * known}`),
    }),
  ),
  {
    typed: ['http://example.org/', 'https://127.0.0.1:8443/x'],
    fits: /^https?:\/\/(?<HOST>(?:[\w.-]+|\[[0-9a-f:]+\])(?::\d+)?)(?:\/\S*)?$/i,
    system: 'other tools',
    meaning: 'a server',
    ours: '--remote HOST',
  },
];
