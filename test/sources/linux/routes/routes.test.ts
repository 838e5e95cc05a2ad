import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openProc } from '../../../../src/sources/linux/proc/open-proc.ts';
import { parseRoutes4 } from '../../../../src/sources/linux/routes/inet.ts';
import { parseRoutes6 } from '../../../../src/sources/linux/routes/inet6.ts';
import { linuxRoutes } from '../../../../src/sources/linux/routes/routes.ts';
import { collect, warningSink } from '../../../support/source-answers.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { linesOf, tableTexts } from '../support/table-texts.ts';

const header =
  'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n';
const route4 = (row: string, littleEndian = true) => {
  const { rows, malformed } = parseRoutes4(`${header}${row}\n`, littleEndian);
  expect(malformed).toEqual([]);
  return rows[0];
};
const any6 = '0'.repeat(32);
const route6 = (row: string) => parseRoutes6(`${row}\n`).rows[0];

describe('parseRoutes4', () => {
  it('reads every field', () => {
    const row = 'eth0\t007100CB\t010200C0\t0003\t4\t5\t6\t00FFFFFF\t1240\t20000\t300   ';
    expect(route4(row)).toEqual({
      family: 'inet',
      destination: '203.0.113.0',
      prefixLength: 24,
      gateway: '192.0.2.1',
      source: null,
      interface: 'eth0',
      flags: 'UG',
      flagBits: 3,
      metric: 6,
      refCount: 4,
      useCount: 5,
      mss: 1240,
      window: 20000,
      irtt: 300,
      mtu: null,
    });
  });

  it('reads addresses as the machine that wrote them ordered their bytes', () => {
    const row = 'eth0\tCB007100\tC0000201\t0003\t0\t0\t0\tFFFFFF00\t0\t0\t0';
    expect(route4(row, false)).toMatchObject({
      destination: '203.0.113.0',
      prefixLength: 24,
      gateway: '192.0.2.1',
    });
  });

  it.each([
    ['no gateway', 'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0', { gateway: null }],
    ['no device', '*\t0000000A\t00000000\t0201\t0\t0\t0\t000000FF\t0\t0\t0', { interface: null }],
    ['reject', '*\t0000000A\t00000000\t0205\t0\t0\t0\tFFFFFFFF\t0\t0\t0', { flags: '!H' }],
    ['default', 'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0', { prefixLength: 0 }],
    ['host', 'eth0\t070200C0\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0', { prefixLength: 32 }],
    [
      'big metric',
      'e\t00000000\t00000000\t0001\t0\t0\t-1\t00000000\t0\t0\t0',
      { metric: 4294967295 },
    ],
    [
      'odd name',
      'a%b<ü\u3000\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0',
      { interface: 'a%b<ü\u3000' },
    ],
    ['more columns', 'e\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t1\t2\t3\t4\t5', { irtt: 3 }],
  ])('%s', (_name, row, expected) => {
    expect(route4(row)).toMatchObject(expected);
  });

  it.each([
    ['junk', 'junk'],
    ['an empty line', ''],
    ['a mask with a gap', 'e\t00000000\t00000000\t0001\t0\t0\t0\tFF00FFFF\t0\t0\t0'],
    ['too few columns', 'e\t00000000\t00000000\t0001\t0'],
    ['no hex', 'e\t0000000G\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0'],
    ['no number', 'e\t00000000\t00000000\t0001\tx\t0\t0\t00000000\t0\t0\t0'],
  ])('leaves out a line that is %s, and reports it', (_name, row) => {
    const good = 'e\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0';
    const { rows, malformed } = parseRoutes4(`${header}${good}\n${row}\n${good}\n`, true);
    expect(rows.length).toBe(2);
    expect(malformed).toEqual([3]);
  });

  it.each([
    ['a network', '0001', 'U'],
    ['a host behind a gateway', '0007', 'UGH'],
    ['reinstated', '0009', 'UR'],
    ['redirected', '0037', 'UGHDM'],
    ['with an MTU, a window, a round-trip time', '01C1', 'Uuwi'],
    ['everything', 'FFFFFDFF', 'UGHRDMdacoecfpluwin'],
    ['refused, with everything', 'FFFFFFFF', '!HRDMdacoecfpluwin'],
  ])('flags of %s', (_name, bits, flags) => {
    const row = `e\t000200C0\t010200C0\t${bits}\t0\t0\t0\t00FFFFFF\t0\t0\t0`;
    expect(route4(row)).toMatchObject({ flags, flagBits: Number.parseInt(bits, 16) });
  });

  it('leaves out a route that is not up', () => {
    expect(route4('e\t00000000\t00000000\t0000\t0\t0\t0\t00000000\t0\t0\t0')).toBeUndefined();
  });
});

describe('parseRoutes6', () => {
  it('reads every field', () => {
    const to = '20010db8000100000000000000000000';
    const via = 'fe80000000000000000000000000abcd';
    expect(route6(`${to} 30 ${to} 40 ${via} 00000400 00000002 0000000a 00450003     eth0`)).toEqual(
      {
        family: 'inet6',
        destination: '2001:db8:1::',
        prefixLength: 48,
        gateway: 'fe80::abcd',
        source: { address: '2001:db8:1::', prefixLength: 64 },
        interface: 'eth0',
        flags: 'UGDAe',
        flagBits: 0x450003,
        metric: 1024,
        refCount: 2,
        useCount: 10,
        mss: null,
        window: null,
        irtt: null,
        mtu: null,
      },
    );
  });

  it.each([
    ['unreachable', '00200200', '!n'],
    ['host', '00000005', 'UH'],
    ['anycast and local', '80200001', 'Un'],
    ['everything', 'feffffff', 'U!GHDAaemnf'],
  ])('flags of %s', (_name, bits, flags) => {
    const row = `${any6} 00 ${any6} 00 ${any6} ffffffff 00000001 00000000 ${bits}       lo`;
    expect(route6(row)).toMatchObject({ flags, gateway: null, metric: 0xffffffff, source: null });
  });

  it('leaves out copies, and lines it cannot read', () => {
    const cached = `${any6} 00 ${any6} 00 ${any6} 00000000 00000001 00000000 01000001 eth0`;
    expect(parseRoutes6(`${cached}\njunk\n${any6} 00\n`)).toEqual({ rows: [], malformed: [2, 3] });
  });

  it.each([
    ['destination', '81', '00'],
    ['source', '00', 'ff'],
  ])('leaves out a route whose %s has a prefix of more than 128 bits', (_name, to, from) => {
    const row = `${any6} ${to} ${any6} ${from} ${any6} 00000000 00000001 00000000 00000001 eth0`;
    expect(parseRoutes6(`${row}\n`)).toEqual({ rows: [], malformed: [1] });
  });
});

describe('whatever the text', () => {
  const words = fc.array(
    fc.oneof(
      fc.string(),
      fc.constantFrom('\n', '\t', ' ', 'eth0', '00FFFFFF', any6, '-1', '0001', '*', 'FFFFFFFF'),
    ),
  );

  it('no parser throws, and addresses are addresses', () => {
    fc.assert(
      fc.property(words, fc.boolean(), (parts, littleEndian) => {
        const text = parts.join('');
        for (const { destination, prefixLength } of parseRoutes4(text, littleEndian).rows) {
          expect(destination).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
          expect(prefixLength).toBeLessThanOrEqual(32);
        }
        for (const { destination } of parseRoutes6(text).rows) expect(destination).toContain(':');
      }),
    );
  });
});

describe('linuxRoutes', () => {
  const fixture = (name: string) =>
    openProc(fileURLToPath(new URL(`../../../../fixtures/linux/${name}`, import.meta.url)));
  const read = async (name: string, families: readonly ('inet' | 'inet6')[]) => {
    const sink = warningSink();
    const rows = await collect(linuxRoutes(fixture(name), { families }, sink));
    return { rows, warnings: sink.warnings };
  };

  it('reads the same from either byte order', async () => {
    const little = await read('reports-odd-le', ['inet', 'inet6']);
    expect(little).toEqual(await read('reports-odd-be', ['inet', 'inet6']));
    expect(little.rows.length).toBe(20);
    expect(little.warnings).toEqual([]);
  });

  it('keeps to the families asked for, in their order', async () => {
    const { rows } = await read('reports-host', ['inet6', 'inet']);
    expect(rows[0]?.family).toBe('inet6');
    expect(rows.at(-1)).toMatchObject({ family: 'inet', flags: '!', destination: '203.0.113.0' });
    expect((await read('reports-host', ['inet'])).rows.length).toBe(5);
  });

  it('reports what is missing, and rejects a folder that is no /proc', async () => {
    await expect(read('no-such-folder', ['inet'])).rejects.toThrow(/is .* a mounted \/proc\?/);
  });
});

it('a table that cannot be read whole is named by its family', async () => {
  const root = temporaryFolder('tsnetstat-routes-');
  mkdirSync(`${root}/net`);
  writeFileSync(`${root}/net/route`, `${header}no row\n`);
  const sink = warningSink();
  await collect(linuxRoutes(openProc(root), { families: ['inet', 'inet6'] }, sink));
  expect(sink.warnings).toMatchObject([
    { code: 'malformed', tables: [{ family: 'inet' }] },
    { code: 'absent', tables: [{ family: 'inet6' }] },
  ]);
});

describe('what kernels print', () => {
  it.each(tableTexts('route'))('$path parses whole', ({ text }) => {
    const { rows, malformed } = parseRoutes4(text, true);
    expect(malformed).toEqual([]);
    expect(rows.length).toBe(linesOf(text).length - 1);
  });

  it.each(tableTexts('ipv6_route'))('$path parses whole', ({ text }) => {
    const { rows, malformed } = parseRoutes6(text);
    expect(malformed).toEqual([]);
    expect(rows.length).toBeGreaterThan(0);
  });
});
