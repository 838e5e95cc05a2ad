import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceOf } from '../../../../src/analysis/difference/difference.ts';
import type { ComparedReport } from '../../../../src/model/report/difference.ts';
import type { Row } from '../../../../src/model/report/snapshot.ts';
import type { Format } from '../../../../src/model/request/view.ts';
import { longestCommandLine } from '../../../../src/model/socket/owner.ts';
import type { DifferenceReport } from '../../../../src/views/text/difference/difference-view.ts';
import { differenceFormatterFor } from '../../../../src/views/text/difference/index.ts';
import {
  inetSocket,
  netInterface,
  owner,
  route,
  traffic,
  unixSocket,
} from '../../../support/builders.ts';
import { rowOf, unsafeCharacter, warning } from '../support/arbitrary.ts';
import { contextWith, takenAt } from '../support/render.ts';
import { hostile } from '../support/rows.ts';
import { differenceErrors, differenceLineErrors } from '../support/schema.ts';

const side = { platform: 'linux', takenAt, host: hostile, warnings: [] } as const;

function reportOf(kind: ComparedReport, before: readonly Row[], after: readonly Row[]) {
  const difference = differenceOf(kind, before as never, after as never);
  return { difference, name: hostile, before: side, after: side } as unknown as DifferenceReport;
}

async function textOf(format: Format, report: DifferenceReport): Promise<string> {
  const formatter = await differenceFormatterFor(format);
  const context = contextWith({ programs: true, verbose: true });
  return [...formatter(report, context)].join('');
}

/** How many differences there are. */
function sizeOf({ difference }: DifferenceReport) {
  const { added, removed, changed, replaced } = difference;
  return { alone: added.length + removed.length, pairs: changed.length + replaced.length };
}

const comparable = ['sockets', 'routes', 'interfaces', 'groups'] as const;
const reports = fc.constantFrom(...comparable).chain((kind) => {
  const rows = fc.array(rowOf[kind] as fc.Arbitrary<Row>, { maxLength: 5 });
  return fc
    .tuple(rows, rows, fc.array(warning, { maxLength: 2 }))
    .map(([before, after, warnings]) => {
      const report = reportOf(kind, before, [...before.slice(2), ...after]);
      return { ...report, after: { ...side, warnings } };
    });
});

describe('any difference', () => {
  it('as JSON is valid by the schema', async () => {
    await fc.assert(
      fc.asyncProperty(reports, async (report) => {
        const text = await textOf('json', report);
        expect(differenceErrors(JSON.parse(text))).toEqual([]);
        expect(text.replaceAll('\n', '')).not.toMatch(unsafeCharacter);
      }),
    );
  });

  it('as NDJSON is one line each, valid by the schema', async () => {
    await fc.assert(
      fc.asyncProperty(reports, async (report) => {
        const text = await textOf('ndjson', report);
        const lines = text
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line));
        expect(lines.flatMap(differenceLineErrors)).toEqual([]);
        const { alone, pairs } = sizeOf(report);
        expect(lines).toHaveLength(alone + pairs);
      }),
    );
  });

  it('as CSV has a line for a row, two for a pair, all of the same columns', async () => {
    await fc.assert(
      fc.asyncProperty(reports, async (report) => {
        const text = await textOf('csv', report);
        const records: string[][] = parse(text, { record_delimiter: '\r\n' });
        const { alone, pairs } = sizeOf(report);
        expect(records).toHaveLength(1 + alone + 2 * pairs);
        expect(text.replaceAll('\r\n', '')).not.toMatch(unsafeCharacter);
      }),
    );
  });

  it('as lines is a line each behind two, safe to print', async () => {
    await fc.assert(
      fc.asyncProperty(reports, async (report) => {
        const text = await textOf('netstat', report);
        const { alone, pairs } = sizeOf(report);
        const count = alone + pairs;
        // A multi-homed end of SCTP has further lines, which begin with blanks, or have nothing for no address.
        const lines = text.split('\n').filter((line) => !/^[-+~=](?: {20}|$)/.test(line));
        expect(lines).toHaveLength(count === 0 ? 1 : count + 3);
        expect(text.replaceAll('\n', '')).not.toMatch(unsafeCharacter);
        expect(text).not.toMatch(/^[^-+~=]./m);
      }),
    );
  });
});

it('CSV has in each row when it was read', async () => {
  const then = '2020-02-02T00:00:00.000Z';
  const [gone, one, come] = ['gone0', 'eth0', 'come0'].map((name) =>
    netInterface(name, { mtu: 1500 }),
  );
  const report = reportOf('interfaces', [gone, one] as Row[], [{ ...one, mtu: 9 }, come] as Row[]);
  const text = await textOf('csv', { ...report, before: { ...side, takenAt: then } });
  const rows: Record<string, string>[] = parse(text, { columns: true });
  expect(rows.map(({ change, taken }) => [change, taken])).toEqual([
    ['removed', then],
    ['added', takenAt],
    ['changed-from', then],
    ['changed', takenAt],
  ]);
});

it('counters are written with all their digits', async () => {
  const bytes = 2n ** 64n - 1n;
  const face = (mtu: number) => netInterface('eth0', { mtu, received: traffic({ bytes }) });
  const report = reportOf('interfaces', [face(1500)], [face(9000)]);
  for (const format of ['json', 'ndjson', 'csv'] as const) {
    expect((await textOf(format, report)).split(String(bytes))).toHaveLength(3);
  }
});

it.each(['win32', 'darwin'] as const)(
  'what %s does not tell of a row that is gone is no zero',
  async (platform) => {
    const formatter = await differenceFormatterFor('netstat');
    const context = contextWith({ extend: 1 });
    const linesOf = (rows: readonly Row[], of: DifferenceReport['before']['platform']) =>
      [
        ...formatter(
          { ...reportOf('sockets', rows, []), before: { ...side, platform: of } },
          context,
        ),
      ]
        .join('')
        .split('\n')
        .slice(2, -1)
        .map((line) => line.split(/\s+/));
    const unknown = { inode: null, uid: null };
    const inet = inetSocket({ ...unknown, local: { address: '0.0.0.0', port: 9, zone: null } });
    const unix = unixSocket({ inode: null, path: '/run/gone' });
    const [tcp = [], path = []] = linesOf([inet, unix], platform);
    expect(tcp.slice(6)).toEqual(['-', '-']);
    expect(path.slice(-2)).toEqual(['-', '/run/gone']);
    // A row may know more than is usual for its platform, and this platform's are netstat's.
    const [known = []] = linesOf([{ ...unix, inode: 77 }], platform);
    expect(known.slice(-2)).toEqual(['77', '/run/gone']);
    expect(linesOf([unix], 'linux')[0]?.slice(-2)).toEqual(['0', '/run/gone']);
  },
);

it('routes and interfaces are described in words', async () => {
  const changed = reportOf('routes', [route()], [route({ gateway: null, metric: 7 })]);
  expect((await textOf('netstat', changed)).split('\n').slice(2)).toEqual([
    '~203.0.113.0/24 dev eth0 metric 7 flags UG  (gateway 192.0.2.1 → none; metric 0 → 7)',
    '',
  ]);
  const gone = reportOf('interfaces', [netInterface('eth0', { mtu: 1500, flags: ['UP'] })], []);
  expect((await textOf('netstat', gone)).split('\n').slice(2)).toEqual([
    '-eth0 mtu 1500 flags UP',
    '',
  ]);
});

it.each(['json', 'ndjson', 'csv'] as const)(
  'long command lines are bounded: %s',
  async (format) => {
    const owners = [owner(7, 'x', { commandLine: 'x'.repeat(longestCommandLine) })];
    const servers = Array.from({ length: 300 }, (_, i) =>
      inetSocket({
        state: 'LISTEN',
        local: { address: '0.0.0.0', port: 1000 + i, zone: null },
        owners,
      }),
    );
    const { length } = await textOf(format, reportOf('sockets', [], servers));
    const [room, cut] = [16 * 1024 * 1024, 44 * 4096];
    expect(length).toBeGreaterThan(room);
    expect(length).toBeLessThan(room + cut + 300 * 4096);
  },
);
