import { expect, test } from 'vitest';
import { isGivenAway, portCount, takesPort } from '../../src/analysis/port-range.ts';
import type { PortRange } from '../../src/model/address/port.ts';

const range: PortRange = { first: 100, last: 109 };

test.each<[string, readonly (readonly [number, number])[], number]>([
  ['none', [], 10],
  ['one', [[100, 100]], 9],
  ['some within the range', [[102, 103]], 8],
  ['some of which a part is below it', [[90, 101]], 8],
  ['some of which a part is above it', [[109, 200]], 9],
  ['some below it', [[80, 99]], 10],
  ['some above it', [[110, 200]], 10],
  [
    'two ranges',
    [
      [100, 101],
      [108, 108],
    ],
    7,
  ],
  ['all: there is never less than one', [[1, 65_535]], 1],
])('ports that are left where there are reserved: %s', (_, reserved, ports) => {
  expect(
    portCount(
      range,
      reserved.map(([first, last]) => ({ first, last })),
    ),
  ).toBe(ports);
});

test.each<[string, number, number, string, boolean]>([
  ['at the first port', 100, 80, 'ESTABLISHED', true],
  ['at the last port', 109, 80, 'TIME_WAIT', true],
  ['at a port of a service', 99, 80, 'ESTABLISHED', false],
  ['of a client that begins', 105, 80, 'SYN_RECV', false],
  ['to nobody', 105, 0, 'LISTEN', false],
])('a connection %s takes one of the ports of the range: %#', (_, local, remote, state, takes) => {
  expect(takesPort(range, local, remote, state)).toBe(takes);
});

test('a port is given away within the range, unless it is reserved', () => {
  const ports = { range, reserved: [{ first: 104, last: 105 }] };
  const given = [99, 100, 104, 105, 106, 109, 110].filter((port) => isGivenAway(ports, port));
  expect(given).toEqual([100, 106, 109]);
  const unknown = { range: null, reserved: [] };
  expect([49_151, 49_152, 65_535].map((port) => isGivenAway(unknown, port))).toEqual([
    ...[false, true, true],
  ]);
});
