import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InterfaceAddress, NetInterface } from '../../../../src/model/machine/interface.ts';
import {
  compareKeys,
  orderKey,
  sortedByName,
} from '../../../../src/views/text/netstat/interfaces-order.ts';
import { interfaceAddress, netInterface, traffic } from '../../../support/builders.ts';
import { marks, shown } from './reports.ts';

const busy = traffic({
  bytes: 203841288n,
  packets: 6107n,
  errors: 1n,
  dropped: 2n,
  overruns: 3n,
  frameOrCarrier: 4n,
});
const inet = interfaceAddress('192.0.2.7', 24, { broadcast: '192.0.2.255' });
const inet6 = interfaceAddress('fe80::1', 64, { scope: 'link' });
const eth0 = netInterface('eth0', {
  index: 2,
  mtu: 1500,
  flags: ['UP', 'BROADCAST', 'RUNNING', 'MULTICAST', 'LOWER_UP'],
  flagBits: 0x11043,
  linkType: 'Ethernet',
  hardwareAddress: '02:00:00:00:00:0a',
  txQueueLength: 1000,
  collisions: 5n,
  multicast: 6n,
  compressedReceived: 0n,
  compressedSent: 0n,
  received: busy,
  sent: { ...busy, bytes: 1023n },
  addresses: [inet, inet6],
});
const down = { ...eth0, name: 'down0', flags: ['BROADCAST'], flagBits: 2 };
const connected = { which: 'connected' } as const;
const title = 'Kernel Interface table\n';
const columns =
  'Iface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n';

async function row(face: Partial<NetInterface>): Promise<string | undefined> {
  return (await shown('interfaces', [{ ...eth0, ...face }])).split('\n')[2];
}

async function block(face: Partial<NetInterface>): Promise<string[]> {
  const text = await shown('interfaces', [{ ...eth0, ...face }], { asked: { extend: 1 } });
  return text.slice(title.length).split('\n');
}

describe('-i', () => {
  it('shows what is up, in the order of names', async () => {
    const rows = [{ ...eth0, name: 'eth10' }, { ...eth0, name: 'eth9' }, down];
    expect(await shown('interfaces', rows, { asked: connected })).toBe(
      `${title}${columns}` +
        'eth9             1500     6107      1      2 3          6107      1      2      3 BMRU\n' +
        'eth10            1500     6107      1      2 3          6107      1      2      3 BMRU\n',
    );
  });

  it('shows all with -a', async () => {
    expect(await shown('interfaces', [down])).toMatch(/\ndown0 .* B\n$/);
  });

  it('lists a label as an interface without counters, once', async () => {
    const labelled = (label: string) => ({ ...inet, label });
    const addresses = ['eth0', 'eth0:1', 'eth0:1', 'eth0:a'].map(labelled);
    const text = await shown('interfaces', [{ ...eth0, addresses }]);
    expect(text.split('\n').slice(3)).toEqual([
      'eth0:1           1500      - no statistics available -                        BMRU',
      'eth0:a           1500      - no statistics available -                        BMRU',
      '',
    ]);
  });

  it.each([
    [
      'wide numbers',
      { mtu: 1234567, received: { ...busy, packets: 100000000000n, overruns: 1234567n } },
      'eth0            1234567 100000000000      1      2 1234567     6107      1      2      3 BMRU',
    ],
    [
      'nothing reported but counters',
      { mtu: null, flags: null, flagBits: null },
      'eth0                -     6107      1      2 3          6107      1      2      3 -',
    ],
    [
      'counters that a platform does not report (macOS, Windows)',
      {
        received: { ...busy, dropped: null, overruns: null },
        sent: { ...busy, packets: null, errors: null, dropped: null, overruns: null },
      },
      'eth0             1500     6107      1      - -             -      -      -      - BMRU',
    ],
    [
      'counters of 64 bits',
      { received: { ...busy, packets: 18446744073709551615n, errors: 9007199254740993n } },
      'eth0             1500 18446744073709551615 9007199254740993      2 3          6107      1      2      3 BMRU',
    ],
    ['no flags', { flags: [], flagBits: 0 }, /\[NO FLAGS\]$/],
    [
      'every flag',
      {
        flags: [
          'UP',
          'BROADCAST',
          'DEBUG',
          'LOOPBACK',
          'POINTOPOINT',
          'NOTRAILERS',
          'RUNNING',
          'NOARP',
          'PROMISC',
          'ALLMULTI',
          'MASTER',
          'SLAVE',
          'MULTICAST',
          'DYNAMIC',
        ],
      },
      / ABDLMdPNOPsmRU$/,
    ],
    ['bytes beyond ASCII', { name: 'ünï' }, /^ünï {12}1500 /],
    ['an escape', { name: 'e\u001b[31mx' }, /^e\\x1b\[31mx {7}1500 /],
  ])('%s', async (_name, change, expected) => {
    expect(await row(change)).toMatch(expected);
  });

  it('shows one whose flags the platform does not report', async () => {
    const rows = [{ ...eth0, flags: null, flagBits: null }];
    expect(await shown('interfaces', rows, { asked: connected })).toContain('\neth0 ');
  });
});

describe('-ie', () => {
  it('has no line about a link layer of which nothing is known, and no flags made up', async () => {
    const unknown = { linkType: null, hardwareAddress: null, txQueueLength: null };
    const lines = await block({ ...unknown, mtu: null, flags: null, flagBits: null });
    expect(lines[0]).toBe('eth0: flags=-  mtu -');
    expect(lines.join()).not.toMatch(/unspec|broadcast/i);
    expect((await block({ ...unknown, txQueueLength: 5 })).join()).toContain('unspec');
  });

  it('shows a block an interface', async () => {
    expect(
      (await block({})).join('\n'),
    ).toBe(`eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500
        inet 192.0.2.7  netmask 255.255.255.0  broadcast 192.0.2.255
        inet6 fe80::1  prefixlen 64  scopeid 0x20<link>
        ether 02:00:00:00:00:0a  txqueuelen 1000  (Ethernet)
        RX packets 6107  bytes 203841288 (194.3 MiB)
        RX errors 1  dropped 2  overruns 3  frame 4
        TX packets 6107  bytes 1023 (1023.0 B)
        TX errors 1  dropped 2 overruns 3  carrier 4  collisions 5

`);
  });

  it('shows a label with its address and nothing that is not its own', async () => {
    const addresses = [{ ...inet, label: 'eth0:1' }, inet6];
    const text = await block({ addresses });
    expect(text[1]).toMatch(/inet6/);
    expect(text.slice(8, 12)).toEqual([
      'eth0:1: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500',
      '        inet 192.0.2.7  netmask 255.255.255.0  broadcast 192.0.2.255',
      '        ether 02:00:00:00:00:0a  txqueuelen 1000  (Ethernet)',
      '',
    ]);
  });

  it.each([
    ['Local Loopback', null, 1000, 'loop  txqueuelen 1000  (Local Loopback)'],
    [
      'No Link Layer',
      null,
      500,
      'unspec 00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00  txqueuelen 500  (UNSPEC)',
    ],
    [
      'GRE Tunnel',
      'c0:00:02:09',
      0,
      'unspec C0-00-02-09-00-00-00-00-00-00-00-00-00-00-00-00  txqueuelen 0  (UNSPEC)',
    ],
    [
      'InfiniBand',
      Array.from({ length: 20 }, () => 'ab').join(':'),
      256,
      'unspec AB-AB-AB-AB-AB-AB-AB-AB-00-00-00-00-00-00-00-00  txqueuelen 256  (UNSPEC)',
    ],
    ['Point-to-Point Protocol', null, 3, 'ppp  txqueuelen 3  (Point-to-Point Protocol)'],
    ['IPIP Tunnel', 'c0:00:02:09', 1, 'tunnel   txqueuelen 1  (IPIP Tunnel)'],
    ['IPv6-in-IPv4', 'c0:00:02:09', 1, 'sit  txqueuelen 1  (IPv6-in-IPv4)'],
    // Another machine may call them anything.
    ['constructor', null, null, 'unspec 00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00  (UNSPEC)'],
    [
      null,
      null,
      9,
      'unspec 00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00  txqueuelen 9  (UNSPEC)',
    ],
  ])('link layer %s with address %s', async (linkType, hardwareAddress, txQueueLength, line) => {
    const lines = await block({ linkType, hardwareAddress, txQueueLength, addresses: [] });
    expect(lines[1]).toBe(`        ${line}`);
  });

  it.each([
    ['none', [], 0, 'flags=0<  mtu 1500'],
    ['none with a name', [], 0x2000, 'flags=8192  mtu 1500'],
    ['names without a bit (Windows)', ['UP', 'LOOPBACK'], 0, 'flags=0<UP,LOOPBACK>  mtu 1500'],
    ['more than 15 bits', ['DYNAMIC'], 0x8000, 'flags=-32768<DYNAMIC>  mtu 1500'],
    ['not reported', [], null, 'flags=-  mtu 1500'],
  ])('flags: %s', async (_name, flags, flagBits, text) => {
    expect((await block({ flags, flagBits }))[0]).toBe(`eth0: ${text}`);
  });

  it.each([
    ['no broadcast', ['BROADCAST'], { broadcast: null }, '  broadcast 0.0.0.0'],
    ['no broadcasting', [], {}, ''],
    ['a far end', ['POINTOPOINT'], { peer: '192.0.2.8' }, '  destination 192.0.2.8'],
    ['no far end', ['POINTOPOINT'], {}, '  destination 192.0.2.7'],
    ['one host', [], { prefixLength: 32 }, ''],
    [
      'a broadcast address that nothing reports',
      ['BROADCAST'],
      { broadcast: null, untold: ['broadcast'] },
      '  broadcast -',
    ],
    ['a peer that nothing reports', ['POINTOPOINT'], { untold: ['peer'] }, '  destination -'],
  ])('an address with %s', async (_name, flags, change, end) => {
    const addresses = [{ ...inet, ...change } as InterfaceAddress];
    const mask = 'prefixLength' in change ? '255.255.255.255' : '255.255.255.0';
    const [, line] = await block({ flags, flagBits: 1, addresses });
    expect(line).toBe(`        inet 192.0.2.7  netmask ${mask}${end}`);
  });

  it.each([
    ['global', '0x0<global>'],
    ['host', '0x10<host>'],
    ['site', '0x40<site>'],
    ['compat', '0x80<compat,global>'],
  ] as const)('scope %s', async (scope, text) => {
    const [, line] = await block({ addresses: [{ ...inet6, scope }] });
    expect(line).toBe(`        inet6 fe80::1  prefixlen 64  scopeid ${text}`);
  });

  it.each([
    [0n, '0 (0.0 B)'],
    [1024n, '1024 (1024.0 B)'],
    [1075n, '1075 (1.0 KiB)'],
    [1589n, '1589 (1.5 KiB)'],
    [1048575n, '1048575 (1023.9 KiB)'],
    [1048576n, '1048576 (1024.0 KiB)'],
    [1126400n, '1126400 (1.0 MiB)'],
    [1023999999n, '1023999999 (976.5 MiB)'],
    [1099511627776n, '1099511627776 (1024.0 GiB)'],
    [1125899906842624n, '1125899906842624 (1024.0 TiB)'],
    // As the real one shows them: all digits, and the tenth of an EiB cut to whole bytes.
    [9007199254740993n, '9007199254740993 (8.0 PiB)'],
    [1152921504606846975n, '1152921504606846975 (1023.9 PiB)'],
    [1152921504606846976n, '1152921504606846976 (1024.0 PiB)'],
    [1152921504606846977n, '1152921504606846977 (1.0 EiB)'],
    [2651719460595748030n, '2651719460595748030 (2.2 EiB)'],
    [2651719460595748031n, '2651719460595748031 (2.3 EiB)'],
    [18446744073709551519n, '18446744073709551519 (15.9 EiB)'],
    [18446744073709551615n, '18446744073709551615 (16.0 EiB)'],
    [0n, '0 (0.0 B)'],
    [null, '-'],
  ])('%s bytes', async (bytes, text) => {
    const lines = await block({ addresses: [], received: { ...busy, bytes } });
    expect(lines[2]).toBe(`        RX packets 6107  bytes ${text}`);
  });
});

describe('order of names', () => {
  const byName = (a: string, b: string) => compareKeys(orderKey(a), orderKey(b));

  it("is netstat's", () => {
    // As the real one lists them.
    const order =
      '01 9 10 -y 01a 10a 1a 1b 9a B Z _x a0 a00 a001 a01 a1 a2 a10 a18446744073 a9223372036854 ' +
      'a1844674407370 a-1 a.01 a.1 a01b a10b a1b a1b2 a1b10 a1c a2b e4294967296 e1 e99999999998 ' +
      'e99999999999 eth9 eth10 eth01.9 eth1.9 eth1.10 lo lo:01 lo:1 lo:9 lo:10 lo0 lo1 lo2 lo:1a ' +
      'lo:a1 lo:a9 lo:a10 lo:x loa x+1 x-5 x-10 x01y1 x1y1 x1y02 x1y2 z zz1 zz_ zzz é ü';
    const names = order.split(' ');
    expect(sortedByName([...names].reverse(), (name) => name)).toEqual(names);
  });

  it('is found in linear time for names of any length', () => {
    const digits = '1'.repeat(1_000_000);
    expect(byName(`${digits}x`, `${digits}y`)).toBe(-1);
    expect(byName(`a${':1'.repeat(500_000)}x`, 'b')).toBe(-1);
  });

  it('is an order', () => {
    const name = fc.stringMatching(/^[a-b0-1:]{0,6}$/);
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        expect(Math.sign(byName(a, b))).toBe(-Math.sign(byName(b, a)) + 0);
        expect(byName(a, b) === 0).toBe(a === b);
        if (byName(a, b) < 0 && byName(b, c) < 0) {
          expect(byName(a, c)).toBeLessThan(0);
        }
      }),
    );
  });
});

it.each([0, 1])('with -c has its title in the first round alone, extend %i', async (extend) => {
  const once = await shown('interfaces', [eth0], { asked: { extend } });
  const previous = { takenAt: '', rows: [], elapsed: 1 } as never;
  const again = await shown('interfaces', [eth0], { asked: { extend }, previous });
  expect(title + again).toBe(once);
});

it('leaves titles out with -H, and paints them where there is colour', async () => {
  expect(await shown('interfaces', [eth0], { asked: { header: false } })).toMatch(/^eth0 /);
  const painted = await shown('interfaces', [eth0], { asked: { extend: 1 }, paint: marks });
  expect(painted).toMatch(/^<h>Kernel Interface table<\/h>\n<b>eth0<\/b>: flags=/);
});
