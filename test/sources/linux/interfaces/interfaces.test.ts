import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { InterfaceAddress } from '../../../../src/model/machine/interface.ts';
import { flagBits, flagNames } from '../../../../src/model/machine/interface-flags.ts';
import type { Route } from '../../../../src/model/machine/route.ts';
import type { Warning } from '../../../../src/model/report/snapshot.ts';
import { type FibAddress, fibTrieLines } from '../../../../src/sources/linux/fib-trie.ts';
import { parseNetDev } from '../../../../src/sources/linux/interfaces/dev.ts';
import { type Links, unknownLink } from '../../../../src/sources/linux/interfaces/facts.ts';
import {
  completedInetAddresses,
  directNetworks,
  ownInetAddresses,
} from '../../../../src/sources/linux/interfaces/inet.ts';
import { parseIfInet6 } from '../../../../src/sources/linux/interfaces/inet6.ts';
import {
  insideLinks,
  type LinkSource,
  linuxInterfaces,
  otherLinks,
} from '../../../../src/sources/linux/interfaces/interfaces.ts';
import {
  askIp,
  firstAnswer,
  parseIpAddress,
  type RunProgram,
} from '../../../../src/sources/linux/interfaces/ip.ts';
import { linkTypeNamed, linkTypeOf } from '../../../../src/sources/linux/interfaces/link-types.ts';
import { sysfsLinks } from '../../../../src/sources/linux/interfaces/sysfs.ts';
import { parseLines } from '../../../../src/sources/linux/line-reader.ts';
import { openProc } from '../../../../src/sources/linux/proc/open-proc.ts';
import { parseRoutes4 } from '../../../../src/sources/linux/routes/inet.ts';
import { interfaceAddress, route } from '../../../support/builders.ts';
import { collect, warningSink } from '../../../support/source-answers.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { fakeProc, systemError } from '../support/fake-proc.ts';
import { linesOf, tableTexts } from '../support/table-texts.ts';

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
        received: {
          bytes: 1n,
          packets: 2n,
          errors: 3n,
          dropped: 4n,
          overruns: 5n,
          frameOrCarrier: 6n,
        },
        sent: {
          bytes: 9n,
          packets: 10n,
          errors: 11n,
          dropped: 12n,
          overruns: 13n,
          frameOrCarrier: 15n,
        },
        collisions: 14n,
        multicast: 8n,
        compressedReceived: 7n,
        compressedSent: 16n,
      },
    ]);
  });

  it('keeps every digit of 64 bits', () => {
    const most = '18446744073709551615';
    const { rows } = parseNetDev(`${header}  eth0: ${`${most} `.repeat(16)}\n`);
    expect(rows[0]?.received).toMatchObject({ bytes: 2n ** 64n - 1n, packets: 2n ** 64n - 1n });
    expect(rows[0]).toMatchObject({ collisions: 2n ** 64n - 1n, compressedSent: 2n ** 64n - 1n });
  });

  const numbers = '0 '.repeat(16).trim();
  it('takes a counter with a sign as the bits that it stands for', () => {
    const line = `eth0: -1 -2${' 0'.repeat(14)}`;
    const [device] = parseNetDev(`${header}${line}\n`).rows;
    expect(device?.received).toMatchObject({ bytes: 2n ** 64n - 1n, packets: 2n ** 64n - 2n });
  });

  it.each([
    ['no blank after the colon', `eth0:${numbers}`, 'eth0'],
    ['15 characters', `abcdefghijklmno: ${numbers}`, 'abcdefghijklmno'],
    ['an alias of old', `eth0:1: ${numbers}`, 'eth0:1'],
    ['odd characters', `a%b<ü\u3000: ${numbers}`, 'a%b<ü\u3000'],
  ])('a name with %s', (_name, line, name) => {
    expect(parseNetDev(`${header}${line}\n`).rows[0]?.name).toBe(name);
  });

  it.each([
    'junk',
    '',
    ': 1 2 3',
    `eth0: ${'0 '.repeat(15)}`,
    `eth0: ${'x '.repeat(16)}`,
    `eth0: ${`${'1'.repeat(21)} `.repeat(16)}`,
    `two lines in one: ${numbers} eth1: ${numbers}`,
  ])('leaves out "%s" and reports it', (line) => {
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

  it('reports which lines it could not read', () => {
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

describe('output that no ip would print', () => {
  const good = {
    ifindex: 2,
    ifname: 'e',
    flags: ['UP'],
    mtu: 1500,
    txqlen: 1000,
    link_type: 'ether',
    address: '02:00:00:00:00:0a',
    addr_info: [{ family: 'inet', local: '192.0.2.7', prefixlen: 24, label: 'e' }],
  };
  const odd = [null, true, -1, 1.5, 1e300, '', 'x', [], [null], [[]], [1], {}, { length: 9 }];
  const links = (objects: unknown) => parseIpAddress(Buffer.from(JSON.stringify(objects)));
  const linkWith = (change: object) => links([{ ...good, ...change }])?.get('e');

  it.each<[string, string, readonly unknown[]]>([
    ['ifindex', 'index', odd],
    ['mtu', 'mtu', odd],
    ['txqlen', 'txQueueLength', odd],
    ['flags', 'flagBits', odd.filter((value) => !Array.isArray(value) || value.length > 0)],
    ['link_type', 'linkType', odd],
    ['address', 'hardwareAddress', odd],
    ['addr_info', 'addresses', odd.filter((value) => !Array.isArray(value) || value.length > 0)],
  ])('an odd %s is not reported, and costs nothing else', (field, fact, values) => {
    const whole = linkWith({});
    for (const value of values) {
      expect(linkWith({ [field]: value }), JSON.stringify(value)).toEqual({
        ...whole,
        [fact]: null,
      });
    }
  });

  it.each<[string, readonly unknown[]]>([
    ['local', [...odd, undefined, '192.0.2', '::1', '192.0.2.7\u001b']],
    ['prefixlen', [...odd, undefined, 33]],
  ])('an address with an odd %s: none can be believed', (field, values) => {
    for (const value of values) {
      const addr_info = [{ ...good.addr_info[0], [field]: value }];
      expect(linkWith({ addr_info })?.addresses, JSON.stringify(value)).toBeNull();
    }
  });

  it.each(['broadcast', 'address'])('an odd %s of an address is none', (field) => {
    for (const value of odd) {
      const [one] =
        linkWith({ addr_info: [{ ...good.addr_info[0], [field]: value }] })?.addresses ?? [];
      expect(one).toMatchObject({ address: '192.0.2.7', broadcast: null, peer: null });
    }
  });

  it('an odd name leaves its link out', () => {
    for (const ifname of odd.filter((value) => value !== 'x')) {
      expect([...(links([{ ...good, ifname }, good])?.keys() ?? [])]).toEqual(['e']);
    }
  });

  it('any JSON: no exception', () => {
    const words = ['ifname', 'ifindex', 'flags', 'mtu', 'addr_info', 'local', 'prefixlen', 'label'];
    const key = fc.constantFrom(...words, 'family', 'link_type', 'address', 'broadcast', 'txqlen');
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        fc.jsonValue({ maxDepth: 1 }),
        fc.constantFrom('inet', 'UP', '192.0.2.7', 24),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(key, tie('any')),
      ),
    })).any;
    fc.assert(fc.property(value, (any) => void links([any, { ifname: 'e', addr_info: [any] }])));
  });
});

describe('link types', () => {
  it.each([
    [1, 'ether', 'Ethernet'],
    // Those that netstat and ifconfig have a name for: <linux/if_arp.h>.
    [7, 'arcnet', 'ARCnet'],
    [27, 'eui64', 'Generic EUI-64'],
    [32, 'infiniband', 'InfiniBand'],
    [256, 'slip', 'Serial Line IP'],
    [257, 'cslip', 'VJ Serial Line IP'],
    [258, 'slip6', '6-bit Serial Line IP'],
    [259, 'cslip6', 'VJ 6-bit Serial Line IP'],
    [264, 'adapt', 'Adaptive Serial Line IP'],
    [512, 'ppp', 'Point-to-Point Protocol'],
    [513, 'hdlc', '(Cisco)-HDLC'],
    [516, 'lapb', 'LAPB'],
    [768, 'ipip', 'IPIP Tunnel'],
    [770, 'frad', 'Frame Relay Access Device'],
    [772, 'loopback', 'Local Loopback'],
    [774, 'fddi', 'Fiber Distributed Data Interface'],
    [780, 'hippi', 'HIPPI'],
    [782, 'econet', 'Econet'],
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
  it("of our own, as Node reports them: the label's interface", () => {
    const entry = {
      family: 'IPv4',
      netmask: '255.255.255.0',
      mac: '',
      internal: false,
      cidr: null,
    };
    const found = ownInetAddresses(() => ({
      eth0: [
        { ...entry, family: 'IPv4', address: '192.0.2.7' },
        { ...entry, family: 'IPv6', address: '::1', scopeid: 0 },
      ],
      'eth0:1': [{ ...entry, family: 'IPv4', address: '192.0.2.8' }],
    }));
    expect(found.get('eth0')).toMatchObject([
      { address: '192.0.2.7', prefixLength: 24, label: 'eth0', untold: ['broadcast', 'peer'] },
      { address: '192.0.2.8', prefixLength: 24, label: 'eth0:1' },
    ]);
  });

  it('none of our own where the system does not let Node know', () => {
    const refuse = () => {
      throw new Error('A system error occurred: uv_interface_addresses returned 13');
    };
    expect(ownInetAddresses(refuse)).toEqual(new Map());
  });

  const networksOf = (routes: Iterable<Route>) => {
    const networks = directNetworks();
    for (const route of routes) networks.add(route);
    return networks;
  };

  it('of another /proc: placed by the routes that lead to their networks', () => {
    const fixture = new URL('../../../../fixtures/linux/reports-host/net/', import.meta.url);
    const text = (name: string) => readFileSync(new URL(name, fixture), 'utf8');
    const found = completedInetAddresses(
      new Map(),
      parseLines(text('fib_trie'), fibTrieLines()).rows,
      networksOf(parseRoutes4(text('route'), true).rows),
    );
    expect([...found].map(([name, [one]]) => [name, one?.address, one?.prefixLength])).toEqual([
      ['lo', '127.0.0.1', 8],
      ['eth0', '192.0.2.7', 24],
      ['br0', '198.51.100.1', 25],
    ]);
    expect(found.get('eth0')?.[0]).toMatchObject({ broadcast: '192.0.2.255', untold: ['peer'] });
    expect(found.get('lo')?.[0]?.broadcast).toBeNull();
  });

  const local = (address: string) => ({ address, kind: 'local' }) as const;
  const broadcast = (address: string) => ({ address, kind: 'broadcast' }) as const;
  const own = (address: string, prefixLength: number, label = 'eth0') =>
    interfaceAddress(address, prefixLength, { label, untold: ['broadcast', 'peer'] });
  const to = (destination: string, prefixLength: number, name: string | null, gateway?: string) =>
    route({ destination, prefixLength, interface: name, gateway: gateway ?? null });

  it.each<[string, InterfaceAddress[], FibAddress[], (string | null)[], string[]]>([
    [
      'the last address of the network',
      [own('192.0.2.1', 24)],
      [local('192.0.2.1'), broadcast('192.0.2.255')],
      ['192.0.2.255'],
      ['peer'],
    ],
    [
      'each network of several, secondary addresses too',
      [own('192.0.2.1', 24), own('192.0.2.2', 24, 'eth0:1'), own('10.0.0.1', 8)],
      [broadcast('192.0.2.0'), broadcast('192.0.2.255'), broadcast('10.255.255.255')],
      ['192.0.2.255', '192.0.2.255', '10.255.255.255'],
      ['peer'],
    ],
    [
      'one given by hand, though the last address is one as well',
      [own('192.0.2.1', 24)],
      [broadcast('192.0.2.127'), broadcast('192.0.2.255')],
      ['192.0.2.127'],
      ['peer'],
    ],
    [
      'one by hand in a network of several addresses: nobody knows whose',
      [own('192.0.2.1', 24), own('192.0.2.2', 24)],
      [broadcast('192.0.2.127'), broadcast('192.0.2.255')],
      [null, null],
      ['broadcast', 'peer'],
    ],
    ['a whole host: none', [own('192.0.2.1', 32)], [local('192.0.2.1')], [null], ['peer']],
    [
      'a whole host that is its own',
      [own('192.0.2.1', 32)],
      [broadcast('192.0.2.1')],
      ['192.0.2.1'],
      ['peer'],
    ],
    ['loopback: none', [own('127.0.0.1', 8)], [broadcast('127.255.255.255')], [null], ['peer']],
    [
      'above 128.0.0.0',
      [own('192.168.255.1', 16)],
      [broadcast('192.168.255.255')],
      ['192.168.255.255'],
      ['peer'],
    ],
    ['no fib_trie to read: not known', [own('192.0.2.1', 24)], [], [null], ['broadcast', 'peer']],
  ])('broadcast: %s', (_name, addresses, fib, broadcasts, untold) => {
    const found = completedInetAddresses(new Map([['eth0', addresses]]), fib, networksOf([]));
    expect(found.get('eth0')?.map((one) => one.broadcast)).toEqual(broadcasts);
    for (const one of found.get('eth0') ?? []) expect(one.untold).toEqual(untold);
  });

  it.each<[string, string, Route[], string | null]>([
    [
      'in the narrowest network',
      '10.1.2.3',
      [to('10.0.0.0', 8, 'a'), to('10.1.0.0', 16, 'b')],
      'b',
    ],
    ['beside a gateway', '10.1.2.3', [to('10.1.0.0', 16, 'a', '192.0.2.1')], null],
    ['beside the default route', '10.1.2.3', [to('0.0.0.0', 0, 'a')], null],
    ['beside a host', '10.1.2.3', [to('10.1.2.3', 32, 'a')], null],
    [
      'in a network of two routes on one interface',
      '10.1.2.3',
      [to('10.1.0.0', 16, 'a'), to('10.1.0.0', 16, 'a')],
      'a',
    ],
    [
      'in a network of two interfaces',
      '10.1.2.3',
      [to('10.1.0.0', 16, 'a'), to('10.1.0.0', 16, 'b')],
      null,
    ],
    ['above 128.0.0.0', '203.0.113.9', [to('203.0.113.0', 24, 'a')], 'a'],
    ['on an interface whose addresses are known', '192.0.2.9', [to('192.0.2.0', 24, 'eth0')], null],
  ])('an address %s', (_name, address, routes, name) => {
    const fromIp = new Map([['eth0', [own('192.0.2.1', 24)]]]);
    const found = completedInetAddresses(fromIp, [local(address)], networksOf(routes));
    const place = [...found].find(([, list]) => list.some((one) => one.address === address));
    expect(place?.[0] ?? null).toBe(name);
  });
});

describe('firstAnswer', () => {
  const folder = temporaryFolder('fake-ip-');
  const script = (name: string, body: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    return join(folder, name);
  };
  const link = `echo '[{"ifname":"e"}]'`;

  it.skipIf(process.platform === 'win32').each<[string, () => string[], 'late' | null | string]>([
    ['the first that speaks JSON', () => [script('plain', 'echo 1: e:'), script('ip', link)], 'e'],
    ['one behind others that are not there', () => ['/nowhere/ip', script('ip', link)], 'e'],
    ['one that fails', () => [script('fails', `${link}; exit 255`)], null],
    ['none', () => ['/nowhere/ip'], null],
  ])('%s', async (_name, commands, expected) => {
    const answer = await firstAnswer(commands(), 60_000);
    expect(answer instanceof Map ? [...answer.keys()].join() : answer).toBe(expected);
  });

  it.skipIf(process.platform === 'win32')(
    'one deadline for all, also for what does not let itself be ended',
    async () => {
      // Its child keeps the output open; the pipe that it waits for never comes.
      const hangs = script(
        'hangs',
        `trap '' TERM\nmkfifo '${folder}/never' 2>/dev/null\nread x < '${folder}/never'`,
      );
      const never = script('asked', `touch '${folder}/was-asked'; ${link}`);
      expect(await firstAnswer([hangs, never], 300)).toBe('late');
      expect(existsSync(join(folder, 'was-asked'))).toBe(false);
    },
  );
});

describe('askIp', () => {
  it.each<[string, string | null, Partial<Warning>]>([
    [
      'is not there',
      null,
      { code: 'absent', message: expect.stringContaining('not installed, or too old for JSON') },
    ],
    [
      'cannot be run for want of descriptors',
      'EMFILE',
      {
        code: 'unreadable',
        message:
          'ip (iproute2): cannot be run (EMFILE): too many open files; raise the limit (ulimit -n)',
      },
    ],
  ])('reports the reason if it %s', async (_, code, warning) => {
    const sink = warningSink();
    const run: RunProgram = async (_command, _limit, lacking) => {
      if (code !== null) lacking?.(systemError(code));
      return null;
    };
    expect(await askIp(undefined, 3, sink, run)).toBeNull();
    expect(sink.warnings).toEqual([{ source: 'ip', ...warning }]);
  });

  it("tries the system's programs before one in PATH", async () => {
    const user = vi.spyOn(process, 'geteuid').mockReturnValue(1000);
    onTestFinished(() => user.mockRestore());
    const tried: (string | undefined)[] = [];
    const run: RunProgram = async ([program]) => {
      tried.push(program);
      return null;
    };
    await askIp('.:/opt/x/bin', 3, { warn: () => {} }, run);
    const system = ['/usr/sbin/ip', '/usr/bin/ip', '/sbin/ip', '/bin/ip'];
    expect(tried).toEqual([...system, '/opt/x/bin/ip']);
  });
});

describe('linuxInterfaces', () => {
  const root = (name: string) =>
    fileURLToPath(new URL(`../../../../fixtures/linux/${name}`, import.meta.url));
  const read = async (name: string, source: LinkSource = otherLinks) => {
    const sink = warningSink();
    const proc = openProc(root(name));
    const rows = await collect(linuxInterfaces(proc, { families: [] }, sink, source));
    return {
      rows,
      warnings: sink.warnings,
      of: (face: string) => rows.find((row) => row.name === face),
    };
  };

  it.each([
    [409, []],
    [410, [4100]],
    [5000, [50_000]],
  ])(
    'reports, before anything else is read, that %d take much memory: %j',
    async (count, expected) => {
      const dev = Array.from({ length: count }, (_, i) => `v${i}: ${'0 '.repeat(16)}\n`).join('');
      const counts: number[] = [];
      const proc = {
        ...fakeProc({ files: { 'net/dev': header + dev } }),
        onManyRows: (rows: number) => void counts.push(rows),
      };
      const source: LinkSource = {
        ...otherLinks,
        links: async () => {
          expect(counts).toEqual(expected);
          return null;
        },
      };
      const rows = await collect(
        linuxInterfaces(proc, { families: [] }, { warn: () => {} }, source),
      );
      expect([rows.length, counts]).toEqual([count, expected]);
    },
  );

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
    const { of } = await read('reports-host', { ...otherLinks, links: async () => links });
    expect(of('eth0')).toMatchObject({
      ...{ index: 9, mtu: 900, flags: ['UP'], txQueueLength: 3 },
      addresses: [{ family: 'inet6' }, { family: 'inet6' }],
    });
  });

  it.each<[string, Links | null]>([
    ['nothing', null],
    ['no link', new Map()],
    ['only their names', new Map(['lo', 'eth0', 'br0'].map((name) => [name, unknownLink]))],
    ['some of them', new Map([['down0', { ...unknownLink, index: 7, mtu: 9 }]])],
  ])(
    'takes what the system does not report from /sys and fib_trie: it reported %s',
    async (_, links) => {
      const { of, warnings } = await read('reports-host', {
        ...otherLinks,
        links: async () => links,
      });
      const alone = await read('reports-host');
      expect(warnings).toEqual([]);
      for (const name of ['lo', 'eth0', 'br0', 'tun0']) expect(of(name)).toEqual(alone.of(name));
      const link = links?.get('down0');
      expect(of('down0')).toEqual({
        ...alone.of('down0'),
        ...(link !== undefined && { index: link.index, mtu: link.mtu }),
      });
    },
  );

  it('warns if nothing reports MTU and flags', async () => {
    const { rows, warnings } = await read('reports-bare');
    expect(rows.map(({ name, mtu, flags, flagBits }) => [name, mtu, flags, flagBits])).toEqual([
      ['lo', null, null, null],
      ['eth0', null, null, null],
    ]);
    const sys = join(root('reports-bare'), '../sys/class/net');
    expect(warnings).toMatchObject([{ code: 'absent', source: sys }]);
  });

  it('says of another network namespace, whose rows are all there, what is unknown and what it takes', async () => {
    const { warnings } = await read('reports-host', insideLinks(undefined, null));
    expect(warnings).toMatchObject([
      { code: 'incomplete', message: expect.stringMatching(/MTU, flags.* unknown.*takes root/) },
    ]);
  });

  it('does not believe a /sys that shows other devices', () => {
    expect(sysfsLinks(root('reports-host'), ['lo', 'eth0'])).toBeNull();
    expect(sysfsLinks(root('reports-host'), ['lo', 'eth1'])).toBeNull();
    expect(sysfsLinks(root('no-such-folder'), ['lo'])).toBeNull();
  });

  it('says why a /sys that is there cannot be read, and not what to do where there is none', async () => {
    const folder = temporaryFolder('sysfs-');
    const sysfs = join(folder, 'sys/class/net');
    mkdirSync(join(folder, 'proc/net'), { recursive: true });
    mkdirSync(dirname(sysfs), { recursive: true });
    writeFileSync(join(folder, 'proc/net/dev'), `${header}lo: ${'0 '.repeat(16)}\n`);
    // A loop of links: root may open all else.
    symlinkSync(sysfs, sysfs);
    const sink = warningSink();
    const proc = openProc(join(folder, 'proc'));
    await collect(linuxInterfaces(proc, { families: [] }, sink, otherLinks));
    expect(sink.warnings.filter(({ source }) => source === sysfs)).toEqual([
      { code: 'unreadable', message: `${sysfs}: cannot be read (ELOOP)`, source: sysfs },
    ]);
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
      const fib = parseLines(text, fibTrieLines()).rows;
      completedInetAddresses(new Map(), fib, directNetworks());
    }),
  );
});

describe('what kernels print', () => {
  it.each(tableTexts('dev'))('$path parses whole', ({ text }) => {
    const { rows, malformed } = parseNetDev(text);
    expect(malformed).toEqual([]);
    expect(rows.length).toBe(linesOf(text).length - 2);
  });

  it.each(tableTexts('if_inet6'))('$path parses whole', ({ text }) => {
    const { rows, malformed } = parseIfInet6(text);
    expect(malformed).toEqual([]);
    expect(rows.length).toBe(linesOf(text).length);
  });
});
