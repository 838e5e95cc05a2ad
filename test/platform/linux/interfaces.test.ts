import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NetInterface } from '../../../src/model/interface.js';
import type { Warning } from '../../../src/model/snapshot.js';
import {
  type LinkSource,
  linuxInterfaces,
  otherLinks,
} from '../../../src/platform/linux/interfaces.js';
import { parseNetDev } from '../../../src/platform/linux/interfaces-dev.js';
import { flagBits, flagNames } from '../../../src/platform/linux/interfaces-flags.js';
import {
  ownInetAddresses,
  placedInetAddresses,
} from '../../../src/platform/linux/interfaces-inet.js';
import { parseIfInet6 } from '../../../src/platform/linux/interfaces-inet6.js';
import { parseIpAddress } from '../../../src/platform/linux/interfaces-ip.js';
import { linkTypeNamed, linkTypeOf } from '../../../src/platform/linux/interfaces-link-types.js';
import { sysfsLinks } from '../../../src/platform/linux/interfaces-sysfs.js';
import { openProc } from '../../../src/platform/linux/open-proc.js';
import { parseRoutes4 } from '../../../src/platform/linux/routes-inet.js';

const header =
  'Inter-|   Receive                                                |  Transmit\n' +
  ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n';

describe('parseNetDev', () => {
  it('reads every counter', () => {
    const { rows, malformed } = parseNetDev(
      `${header}  eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n`,
    );
    expect(malformed).toEqual([]);
    expect(rows).toEqual([
      {
        name: 'eth0',
        received: { bytes: 1, packets: 2, errors: 3, dropped: 4, overruns: 5, frameOrCarrier: 6 },
        sent: { bytes: 9, packets: 10, errors: 11, dropped: 12, overruns: 13, frameOrCarrier: 15 },
        collisions: 14,
        multicast: 8,
        compressedReceived: 7,
        compressedSent: 16,
      },
    ]);
  });

  const numbers = '0 '.repeat(16).trim();
  it.each([
    ['no blank after the colon', `eth0:${numbers}`, 'eth0'],
    ['15 characters', `abcdefghijklmno: ${numbers}`, 'abcdefghijklmno'],
    ['an alias of old', `eth0:1: ${numbers}`, 'eth0:1'],
    ['odd characters', `a%b<ü\u3000: ${numbers}`, 'a%b<ü\u3000'],
  ])('a name with %s', (_name, line, name) => {
    expect(parseNetDev(`${header}${line}\n`).rows[0]?.name).toBe(name);
  });

  it.each([
    ...['junk', '', ': 1 2 3', `eth0: ${'0 '.repeat(15)}`, `eth0: ${'x '.repeat(16)}`],
    `two lines in one: ${numbers} eth1: ${numbers}`,
  ])('leaves out "%s" and says so', (line) => {
    expect(parseNetDev(`${header}${line}\nlo: ${numbers}\n`)).toMatchObject({
      rows: [{ name: 'lo' }],
      malformed: [3],
    });
  });
});

describe('parseIfInet6', () => {
  it.each([
    ['00', 'global'],
    ['10', 'host'],
    ['20', 'link'],
    ['40', 'site'],
    ['80', 'compat'],
    ['f0', null],
  ])('scope %s is %s', (digits, scope) => {
    const line = `fe800000000000000000000000000001 0a 40 ${digits} 80     eth0\n`;
    expect(parseIfInet6(line).rows[0]).toEqual({
      device: 'eth0',
      index: 10,
      address: {
        family: 'inet6',
        address: 'fe80::1',
        prefixLength: 64,
        broadcast: null,
        peer: null,
        scope,
      },
    });
  });

  it('says which lines it could not read', () => {
    const tooLong = `${'fe80'.padEnd(32, '0')} 02 81 20 80 eth0`;
    const lines = `junk\n\nfe80 01 40 20 80 eth0\n${tooLong}\n`;
    expect(parseIfInet6(lines).malformed).toEqual([1, 2, 3, 4]);
  });
});

describe('parseIpAddress', () => {
  const links = (text: string) => parseIpAddress(Buffer.from(text));

  it('reads what `ip -json address show` prints', () => {
    const text = `[{"ifindex":2,"link":"peer0","ifname":"eth0","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],
      "mtu":1500,"txqlen":1000,"link_type":"ether","address":"02:00:00:00:00:0A","addr_info":[
      {"family":"inet","local":"192.0.2.7","prefixlen":24,"broadcast":"192.0.2.255","label":"eth0"},
      {"family":"inet","local":"192.0.2.8","prefixlen":24,"secondary":true,"label":"eth0:1"},
      {"family":"inet","local":"10.0.0.1","address":"10.0.0.2","prefixlen":32,"label":"eth0"},
      {"family":"inet6","local":"fe80::1","prefixlen":64}]},{}]`;
    const address = { family: 'inet', broadcast: null, peer: null, scope: null };
    expect(links(text)?.get('eth0')).toEqual({
      index: 2,
      mtu: 1500,
      flagBits: flagBits(['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP', 'RUNNING']),
      linkType: 'Ethernet',
      hardwareAddress: '02:00:00:00:00:0a',
      txQueueLength: 1000,
      addresses: [
        {
          ...address,
          address: '192.0.2.7',
          prefixLength: 24,
          broadcast: '192.0.2.255',
          label: 'eth0',
        },
        { ...address, address: '192.0.2.8', prefixLength: 24, label: 'eth0:1' },
        { ...address, address: '10.0.0.1', prefixLength: 32, peer: '10.0.0.2', label: 'eth0' },
      ],
    });
  });

  it.each([
    ['up', ['UP', 'LOWER_UP'], true],
    ['up without a carrier', ['NO-CARRIER', 'UP'], false],
    ['down', ['BROADCAST'], false],
  ])('an interface that is %s', (_name, flags, running) => {
    const text = JSON.stringify([{ ifindex: 1, ifname: 'e', flags }]);
    const bits = links(text)?.get('e')?.flagBits ?? 0;
    expect(flagNames(bits).includes('RUNNING')).toBe(running);
  });

  it.each([
    ['an escape', 'e\u001b[31mx', 'e\u001b[31mx'],
    ['a quotation mark', "it\\'s", "it's"],
    ['a backslash before one', "a\\\\\\'", "a\\'"],
    ['letters beyond ASCII', 'ünï', 'ünï'],
  ])('a name with %s, as ip writes it', (_name, written, name) => {
    const text = `[{"ifindex":1,"ifname":"${written}","flags":[]}]\n`;
    expect([...(links(text)?.keys() ?? [])]).toEqual([name]);
  });

  it('a name that is not UTF-8', () => {
    const text = Buffer.from('[{"ifindex":1,"ifname":"\u00ff\u00fe","flags":[]}]', 'latin1');
    expect([...(parseIpAddress(text)?.keys() ?? [])]).toEqual(['\\xff\\xfe']);
  });

  it("writes a tunnel's IPv4 end as the bytes it is", () => {
    const text =
      '[{"ifindex":1,"ifname":"gre9","flags":[],"link_type":"gre","address":"192.0.2.9"}]';
    expect(links(text)?.get('gre9')).toMatchObject({
      hardwareAddress: 'c0:00:02:09',
      linkType: 'GRE Tunnel',
    });
  });

  it.each(['', 'BusyBox v1.36', '{}', '[1,null,{"ifname":3}]'])(
    '"%s" is no list of links',
    (text) => {
      expect(links(text)?.size ?? 0).toBe(0);
    },
  );
});

describe('link types', () => {
  it.each([
    [1, 'ether', 'Ethernet'],
    [772, 'loopback', 'Local Loopback'],
    [65534, 'none', 'No Link Layer'],
    [776, 'sit', 'IPv6-in-IPv4'],
  ])('%i and %s are %s', (number, word, name) => {
    expect(linkTypeOf(number)).toBe(name);
    expect(linkTypeNamed(word)).toBe(name);
    expect(linkTypeNamed(`[${number}]`)).toBe(name);
  });

  it('an unknown one has no name', () => {
    expect(linkTypeOf(4711)).toBeNull();
    expect(linkTypeNamed('[4711]')).toBeNull();
  });
});

describe('IPv4 addresses without ip', () => {
  it("of our own, as Node tells them: the label's interface", () => {
    const entry = {
      family: 'IPv4',
      netmask: '255.255.255.0',
      mac: '',
      internal: false,
      cidr: null,
    };
    const found = ownInetAddresses({
      eth0: [
        { ...entry, family: 'IPv4', address: '192.0.2.7' },
        { ...entry, family: 'IPv6', address: '::1', scopeid: 0 },
      ],
      'eth0:1': [{ ...entry, family: 'IPv4', address: '192.0.2.8' }],
    });
    expect(found.get('eth0')).toMatchObject([
      { address: '192.0.2.7', prefixLength: 24, label: 'eth0' },
      { address: '192.0.2.8', prefixLength: 24, label: 'eth0:1' },
    ]);
  });

  it('of another /proc: placed by the routes that lead to their networks', () => {
    const fixture = new URL('../../../fixtures/linux/reports-host/net/', import.meta.url);
    const text = (name: string) => readFileSync(new URL(name, fixture), 'utf8');
    const found = placedInetAddresses(text('fib_trie'), parseRoutes4(text('route'), true).rows);
    expect([...found].map(([name, [one]]) => [name, one?.address, one?.prefixLength])).toEqual([
      ['lo', '127.0.0.1', 8],
      ['eth0', '192.0.2.7', 24],
      ['br0', '198.51.100.1', 25],
    ]);
    expect(found.get('eth0')?.[0]?.broadcast).toBe('192.0.2.255');
    expect(found.get('lo')?.[0]?.broadcast).toBeNull();
  });
});

describe('linuxInterfaces', () => {
  const root = (name: string) =>
    fileURLToPath(new URL(`../../../fixtures/linux/${name}`, import.meta.url));
  const read = async (name: string, source: LinkSource = otherLinks) => {
    const warnings: Warning[] = [];
    const rows: NetInterface[] = [];
    const notes = { warn: (warning: Warning) => void warnings.push(warning) };
    const batches = linuxInterfaces(openProc(root(name)), { families: [] }, notes, source);
    for await (const batch of batches) rows.push(...batch);
    return { rows, warnings, of: (face: string) => rows.find((row) => row.name === face) };
  };

  it('reads a captured machine from its /proc/net and /sys/class/net', async () => {
    const { rows, warnings, of } = await read('reports-host');
    expect(warnings).toEqual([]);
    expect(rows.length).toBe(6);
    expect(of('eth0')).toMatchObject({
      mtu: 1500,
      flags: ['UP', 'BROADCAST', 'RUNNING', 'MULTICAST'],
      linkType: 'Ethernet',
      hardwareAddress: '02:00:00:00:00:01',
      txQueueLength: 1000,
      addresses: [
        { address: '192.0.2.7', prefixLength: 24, broadcast: '192.0.2.255' },
        { address: '2001:db8::7', scope: 'global' },
        { address: 'fe80::ff:fe00:1', scope: 'link' },
      ],
    });
    expect(of('lo')).toMatchObject({ hardwareAddress: null, mtu: 65536, index: 1 });
    expect(of('tun0')).toMatchObject({ linkType: 'No Link Layer', hardwareAddress: null });
    expect(of('down0')?.flags).not.toContain('UP');
    // A bridge's port is promiscuous without anybody having asked for it.
    expect(of('peer0')?.flags).not.toContain('PROMISC');
  });

  it('asks the system first, and believes it', async () => {
    const eth0 = { index: 9, mtu: 900, flagBits: 1, linkType: null, hardwareAddress: null };
    const links = new Map([['eth0', { ...eth0, txQueueLength: 3, addresses: [] }]]);
    const { of } = await read('reports-host', {
      links: async () => links,
      inetAddresses: () => null,
    });
    expect(of('eth0')).toMatchObject({ index: 9, mtu: 900, flags: ['UP'], txQueueLength: 3 });
  });

  it('says so where nothing tells of MTU and flags', async () => {
    const { rows, warnings } = await read('reports-bare');
    expect(rows.map(({ name, mtu, flagBits }) => [name, mtu, flagBits])).toEqual([
      ['lo', null, null],
      ['eth0', null, null],
    ]);
    expect(warnings).toMatchObject([{ code: 'absent' }]);
  });

  it('does not believe a /sys that shows other devices', () => {
    expect(sysfsLinks(root('reports-host'), ['lo', 'eth0'])).toBeNull();
    expect(sysfsLinks(root('reports-host'), ['lo', 'eth1'])).toBeNull();
    expect(sysfsLinks(root('no-such-folder'), ['lo'])).toBeNull();
  });
});

it('no text makes a parser throw', () => {
  const parts = fc.array(
    fc.oneof(
      fc.string(),
      fc.constantFrom('\n', ' ', ':', 'eth0:', '1 '.repeat(16), 'ff'.repeat(16), '[{', '"ifname"'),
    ),
  );
  fc.assert(
    fc.property(parts, (words) => {
      const text = words.join('');
      for (const { name } of parseNetDev(text).rows) expect(name).not.toBe('');
      parseIfInet6(text);
      parseIpAddress(Buffer.from(text));
      placedInetAddresses(text, []);
    }),
  );
});

const samples = fileURLToPath(new URL('../../../../shared/samples/linux/', import.meta.url));
describe.skipIf(!existsSync(samples))('captures from other machines (../shared/samples)', () => {
  const hosts = ['hotsos-ceph-mon', 'hotsos-rabbitmq', 'hotsos-kubernetes'];
  it.each([
    ...['jc-proc/net_dev', 'prometheus-procfs/net_dev', 'prometheus-procfs/26231_net_dev'],
    ...['cadvisor/procnetdev', ...hosts.map((host) => `${host}/dev`)],
  ])('%s', (name) => {
    const { rows, malformed } = parseNetDev(readFileSync(samples + name, 'utf8'));
    expect(malformed).toEqual([]);
    expect(rows.length).toBeGreaterThan(0);
  });

  it.each(['jc-proc/net_if_inet6', ...hosts.map((host) => `${host}/if_inet6`)])('%s', (name) => {
    const { rows, malformed } = parseIfInet6(readFileSync(samples + name, 'utf8'));
    expect(malformed).toEqual([]);
    expect(rows.length).toBeGreaterThan(0);
  });
});
