import { describe, expect, it } from 'vitest';
import type { Route } from '../../../../src/model/machine/route.ts';
import { routesTable } from '../../../../src/views/text/netstat/routes.ts';
import { route } from '../../../support/builders.ts';
import { contextWith, takenAt } from '../support/render.ts';
import { marks, shown } from './reports.ts';

const plain = route({ metric: 7, useCount: 5, mss: 1240, window: 20000, irtt: 300 });
const toDefault: Partial<Route> = { destination: '0.0.0.0', prefixLength: 0 };
const reject: Partial<Route> = { flags: '!H', gateway: null, interface: null, prefixLength: 32 };
const route6: Route = {
  ...plain,
  family: 'inet6',
  destination: '2001:db8::',
  prefixLength: 32,
  gateway: null,
  flags: 'U',
  metric: 0xffffffff,
  refCount: 123,
};
const inet = { families: ['inet'] } as const;
const named = { families: ['inet'], numeric: { hosts: false, ports: true, users: true } } as const;
const names = {
  host: (address: string) =>
    ({
      '192.0.2.1': 'gateway.example.org',
      '203.0.113.0': 'not-the-network',
      '203.0.113.9': 'nine',
      '2001:db8::': 'net.example.org',
      '0.0.0.0': 'never',
      '::': 'never',
    })[address],
  network: (address: string) =>
    ({ '203.0.113.0': 'a-network-with-a-long-name', '203.0.113.9': 'no' })[address],
  service: () => undefined,
  user: () => undefined,
};

describe('IPv4 routes', () => {
  const rows = [
    plain,
    { ...plain, ...toDefault },
    { ...plain, gateway: null, flags: 'U', metric: 0xffffffff, interface: 'abcdefghijklmno' },
    { ...plain, ...reject },
    { ...plain, interface: null, gateway: null },
  ];

  it.each([
    [
      0,
      `Kernel IP routing table
Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface
203.0.113.0     192.0.2.1       255.255.255.0   UG     1240 20000    300 eth0
0.0.0.0         192.0.2.1       0.0.0.0         UG     1240 20000    300 eth0
203.0.113.0     0.0.0.0         255.255.255.0   U      1240 20000    300 abcdefghijklmno
203.0.113.0     -               255.255.255.255 !H        - -          - -
203.0.113.0     0.0.0.0         255.255.255.0   UG     1240 20000    300 *
`,
    ],
    [
      1,
      `Kernel IP routing table
Destination     Gateway         Genmask         Flags Metric Ref    Use Iface
203.0.113.0     192.0.2.1       255.255.255.0   UG    7      0        5 eth0
0.0.0.0         192.0.2.1       0.0.0.0         UG    7      0        5 eth0
203.0.113.0     0.0.0.0         255.255.255.0   U     -1     0        5 abcdefghijklmno
203.0.113.0     -               255.255.255.255 !H    7      -        5 -
203.0.113.0     0.0.0.0         255.255.255.0   UG    7      0        5 *
`,
    ],
    [
      2,
      `Kernel IP routing table
Destination     Gateway         Genmask         Flags Metric Ref    Use Iface    MSS   Window irtt
203.0.113.0     192.0.2.1       255.255.255.0   UG    7      0        5 eth0     1240  20000  300
0.0.0.0         192.0.2.1       0.0.0.0         UG    7      0        5 eth0     1240  20000  300
203.0.113.0     0.0.0.0         255.255.255.0   U     -1     0        5 abcdef   1240  20000  300
203.0.113.0     -               255.255.255.255 !H    7      -        5 -        -     -      -
203.0.113.0     0.0.0.0         255.255.255.0   UG    7      0        5 *        1240  20000  300
`,
    ],
    [3, 'Kernel IP routing table\n'],
  ])('with -e %i times', async (extend, text) => {
    expect(await shown('routes', rows, { asked: { ...inet, extend } })).toBe(text);
  });

  it.each([
    [0, 'UG        - -          - eth0'],
    [1, 'UG    -      -        - eth0'],
    [2, 'UG    -      -        - eth0     -     -      -'],
  ])('that a platform reports only in part, with -e %i times', async (extend, end) => {
    const untold = { metric: null, refCount: null, useCount: null };
    const rows = [{ ...plain, ...untold, mss: null, window: null, irtt: null }];
    const text = await shown('routes', rows, { asked: { ...inet, extend } });
    expect(text.split('\n')[2]).toBe(`203.0.113.0     192.0.2.1       255.255.255.0   ${end}`);
  });

  it.each([
    ['the default route', toDefault, 'default         gateway.example 0.0.0.0  '],
    ['a network, cut', {}, 'a-network-with- gateway.example 255.255.255.0'],
    ['a host', { destination: '203.0.113.9', prefixLength: 32 }, 'nine            gate'],
    ['an address beyond its mask', { destination: '203.0.113.9' }, 'nine            gate'],
    ['nameless', { destination: '10.0.0.0', gateway: '10.0.0.1' }, '10.0.0.0        10.0.0.1 '],
    ['half of everything', { ...toDefault, prefixLength: 1 }, '0.0.0.0         gate'],
  ])('names %s', async (_name, change, start) => {
    const text = await shown('routes', [{ ...plain, ...change }], { asked: named, names });
    expect(text.split('\n')[2]?.startsWith(start)).toBe(true);
  });

  it('makes an interface name safe, and never cuts a character in two', async () => {
    const rows = [
      { ...plain, interface: 'e\u001b[31mx' },
      { ...plain, interface: 'ünïö' },
    ];
    const text = await shown('routes', rows, { asked: { ...inet, extend: 2 } });
    expect(text).toContain(' e\\x1b[   1240 ');
    expect(text).toContain(' ünï    1240 ');
  });
});

describe('IPv6 routes', () => {
  const inet6 = { families: ['inet6'] } as const;
  const rows = [
    route6,
    { ...route6, destination: '::', prefixLength: 0, gateway: 'fe80::1', metric: 1024 },
    { ...route6, destination: '2001:db8:1111:2222:3333:4444:5555:6666', prefixLength: 128 },
    { ...route6, destination: '::ffff:1.2.3.4', prefixLength: 128 },
  ];

  it.each([0, 1, 2, 3])('has the same columns with -e %i times', async (extend) => {
    expect(await shown('routes', rows, { asked: { ...inet6, extend } })).toBe(
      `Kernel IPv6 routing table
Destination                    Next Hop                   Flag Met Ref  Use If
2001:db8::/32                  ::                         U    -1  123      5 eth0
::/0                           fe80::1                    U    1024 123      5 eth0
2001:db8:1111:2222:3333:4444:5555:6666/128 ::                         U    -1  123      5 eth0
1.2.3.4/128                    ::                         U    -1  123      5 eth0
`,
    );
  });

  it('names addresses, and shows any as [::]', async () => {
    const asked = { ...inet6, numeric: named.numeric };
    const text = await shown('routes', rows.slice(0, 2), { asked, names });
    expect(text.split('\n').slice(2)).toEqual([
      'net.example.org/32             [::]                       U    -1  123      5 eth0',
      '[::]/0                         fe80::1                    U    1024 123      5 eth0',
      '',
    ]);
  });
});

it('gives each family its table, in the order asked, empty ones too', async () => {
  const asked = { families: ['inet6', 'inet'] } as const;
  expect(
    (await shown('routes', [plain], { asked })).split('\n').map((line) => line.slice(0, 15)),
  ).toEqual([
    'Kernel IPv6 rou',
    'Destination    ',
    'Kernel IP routi',
    'Destination    ',
    '203.0.113.0    ',
    '',
  ]);
});

it('shows each batch before it asks for the next', async () => {
  let pulled = 0;
  async function* batches() {
    for (; pulled < 3; pulled++) yield [plain];
  }
  const report = { kind: 'routes', platform: 'linux', takenAt, warnings: [] } as const;
  const chunks = routesTable({ ...report, batches: batches() }, contextWith(inet))[
    Symbol.asyncIterator
  ]();
  expect((await chunks.next()).value).toMatch(/^Kernel IP routing table\n.*\n203\.0\.113\.0 /);
  expect(pulled).toBe(0);
});

it('leaves titles out with -H, and paints them where there is colour', async () => {
  const bare = await shown('routes', [plain], { asked: { ...inet, header: false } });
  expect(bare.split('\n').length).toBe(2);
  const painted = await shown('routes', [plain], { asked: inet, paint: marks });
  expect(painted).toMatch(/^<h>Kernel IP routing table<\/h>\n<h>Destination .* Iface<\/h>\n203/);
});
