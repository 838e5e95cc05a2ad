import { parse } from 'csv-parse/sync';
import { describe, expect, it, test } from 'vitest';
import type { Diagnosis, Finding } from '../../../../src/model/report/diagnosis.ts';
import { noNames } from '../../../../src/model/report/names.ts';
import { type Format, allNumeric as numeric } from '../../../../src/model/request/view.ts';
import { defaultListing } from '../../../../src/options/default-listing.ts';
import { chalkPaint } from '../../../../src/views/text/chalk-paint.ts';
import { diagnosisFormatterFor } from '../../../../src/views/text/diagnosis/index.ts';
import type { ViewContext } from '../../../../src/views/text/text-view.ts';
import { inet, owner, unix } from '../../../support/builders.ts';
import { documentErrors, lineErrors } from '../support/schema.ts';

const kept = (number: number) =>
  inet('192.0.2.1:80', `203.0.113.9:${4000 + number}`, {
    state: 'CLOSE_WAIT',
    timer: { kind: 'off', expiresIn: 0, retransmits: 0, probes: 0 },
    owners: [owner(812, 'app')],
  });

const leak: Finding = {
  check: 'close-wait',
  severity: 'warning',
  certainty: 'sure',
  title: 'app (PID 812) keeps 30 connections that the peer has closed',
  observations: ['30 connections in CLOSE_WAIT were there 1.0 s before too; 0 more came since.'],
  seen: { count: 30, new: 0, unread: null },
  sockets: Array.from({ length: 20 }, (_, number) => kept(number)),
  socketCount: 30,
  processes: [
    {
      pid: 812,
      program: 'app',
      commandLine: 'app -x',
      executable: '/usr/bin/app',
      uid: 33,
      startedAt: '2026-01-31T08:00:00.000Z',
    },
  ],
  workloads: [
    {
      kind: 'unit',
      runtime: 'systemd',
      name: 'app.service',
      id: null,
      namespace: null,
      podUid: null,
      container: null,
      image: null,
      unit: 'app.service',
    },
  ],
  why: 'The kernel waits for the program to close its end, for as long as it takes: no time-out ends CLOSE_WAIT.',
  remedy: 'This is a fault in the program, and no setting of the kernel helps.',
  command: ['tsnetstat', '-tanp', 'state', 'close-wait', 'and', 'pid', '=', '812'],
};

const hostile: Finding = {
  ...leak,
  check: 'open-files',
  severity: 'critical',
  netns: { inode: 4026532000, name: 'web\u001b[31m', own: false },
  title: 'evil\u001b[2J\nname (PID 9) has 99 % of its descriptors open',
  observations: ['It has 99 open;\u202e of 100.'],
  sockets: [unix('/run/a\u001bb')],
  socketCount: 1,
  processes: [
    {
      pid: 9,
      program: 'evil\u001b[2J\n',
      commandLine: null,
      executable: null,
      uid: null,
      startedAt: null,
    },
  ],
  workloads: [],
  command: ['tsnetstat', '-anp', "it's"],
};

const diagnosis = (findings: readonly Finding[], notRun: Diagnosis['notRun'] = []): Diagnosis => ({
  schemaVersion: 1,
  platform: 'linux',
  takenAt: '2026-01-31T09:00:00.000Z',
  findings,
  checks: [{ check: 'close-wait', thresholds: { count: 20, many: 1000 } }],
  notRun,
  warnings: [{ code: 'absent', message: 'x', source: null }],
});

async function shown(format: Format, answer: Diagnosis, changes: Partial<ViewContext> = {}) {
  const context: ViewContext = {
    query: defaultListing.query,
    view: { ...defaultListing.view, numeric },
    schedule: defaultListing.schedule,
    ...{ names: noNames, facts: ['inodes'], paint: null, width: null, previous: null },
    ...changes,
  };
  return (await diagnosisFormatterFor(format))(answer, context);
}

/** What a terminal must not be sent. */
const unsafe = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;

describe('findings for people', () => {
  it('have a title, what was seen, by whom, why it matters and what to do', async () => {
    expect(await shown('netstat', diagnosis([leak]))).toBe(`\
WARNING  app (PID 812) keeps 30 connections that the peer has closed  (close-wait, sure)
  seen    30 connections in CLOSE_WAIT were there 1.0 s before too; 0 more came since.
          tcp        0      0 192.0.2.1:80            203.0.113.9:4000        CLOSE_WAIT  812/app              off (0.00/0/0)
          tcp        0      0 192.0.2.1:80            203.0.113.9:4001        CLOSE_WAIT  812/app              off (0.00/0/0)
          tcp        0      0 192.0.2.1:80            203.0.113.9:4002        CLOSE_WAIT  812/app              off (0.00/0/0)
          tcp        0      0 192.0.2.1:80            203.0.113.9:4003        CLOSE_WAIT  812/app              off (0.00/0/0)
          tcp        0      0 192.0.2.1:80            203.0.113.9:4004        CLOSE_WAIT  812/app              off (0.00/0/0)
          and 25 more: tsnetstat -tanp state close-wait and pid = 812
  by      app 812, since 2026-01-31T08:00:00.000Z (app.service)
  why     The kernel waits for the program to close its end, for as long as it takes: no time-out
          ends CLOSE_WAIT.
  remedy  This is a fault in the program, and no setting of the kernel helps.

1 finding: 1 check ran.
`);
  });

  test.each([
    [[], [], 'Nothing found: 1 check ran.\n'],
    [
      [],
      [{ check: 'tcp-memory', reason: 'x' }],
      'Nothing found: 1 check ran; 1 could not run: -v shows why.\n',
    ],
    [
      [],
      [
        { check: 'close-wait', reason: 'x' },
        { check: 'close-wait', reason: 'y' },
      ],
      'Nothing found: 1 check ran, but only in part: -v shows why.\n',
    ],
    [
      [],
      [
        { check: 'close-wait', reason: 'x' },
        { check: 'tcp-memory', reason: 'x' },
      ],
      'Nothing found: 1 check ran, but only in part; 1 could not run: -v shows why.\n',
    ],
  ])('%j and what did not run: %j', async (findings, notRun, text) => {
    expect(await shown('netstat', diagnosis(findings, notRun))).toBe(text);
  });

  it('do not advise -v where it is given', async () => {
    const found = diagnosis([], [{ check: 'tcp-memory', reason: 'x' }]);
    const view = { ...defaultListing.view, verbose: true };
    expect(await shown('netstat', found, { view })).toBe(
      'Nothing found: 1 check ran; 1 could not run.\n',
    );
  });

  test('lines fit the terminal, but for sockets and commands', async () => {
    const text = String(await shown('netstat', diagnosis([leak]), { width: 60 }));
    for (const line of text.split('\n')) {
      if (!/^ {10}(tcp|and)/.test(line)) expect(line.length).toBeLessThanOrEqual(60);
    }
  });

  test('colours change nothing but the colour', async () => {
    const painted = String(
      await shown('netstat', diagnosis([leak]), { paint: await chalkPaint(1) }),
    );
    expect(painted.replace(/\u001b\[[0-9;]*m/g, '')).toBe(
      await shown('netstat', diagnosis([leak])),
    );
    expect(painted).not.toBe(await shown('netstat', diagnosis([leak])));
  });
});

test.each(['netstat', 'table', 'json', 'ndjson', 'csv'] as const)(
  '%s is safe whatever others have named',
  async (format) => {
    const text = String(await shown(format, diagnosis([hostile])));
    expect(text.replaceAll('\r\n', '\n')).not.toMatch(unsafe);
    expect(text).toContain('evil');
  },
);

test('a command is quoted for a shell', async () => {
  expect(await shown('netstat', diagnosis([hostile]))).toContain(`tsnetstat -anp 'it'\\''s'`);
});

test('json is the diagnosis itself, as the schema has it', async () => {
  for (const answer of [diagnosis([leak, hostile]), diagnosis([])]) {
    const document = JSON.parse(String(await shown('json', answer)));
    expect(document).toEqual(JSON.parse(JSON.stringify(answer)));
    expect(documentErrors(document)).toEqual([]);
  }
});

test('ndjson has a line for each finding, as the schema has it', async () => {
  const lines = String(await shown('ndjson', diagnosis([leak, hostile])))
    .trimEnd()
    .split('\n');
  expect(lines).toHaveLength(2);
  for (const line of lines) expect(lineErrors(JSON.parse(line))).toEqual([]);
  expect(JSON.parse(lines[0] as string)).toMatchObject({ report: 'findings', check: 'close-wait' });
});

test('csv has a row for each finding, and nothing else without a header', async () => {
  const text = String(await shown('csv', diagnosis([leak, hostile])));
  const rows = parse(text, { columns: true }) as Record<string, string>[];
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({
    ...{ severity: 'warning', check: 'close-wait', sockets: '30', pid: '812', program: 'app' },
    ...{ workload: 'app.service', seen: 'count=30;new=0', netns: '' },
    command: 'tsnetstat -tanp state close-wait and pid = 812',
  });
  const view = { ...defaultListing.view, header: false };
  expect(String(await shown('csv', diagnosis([leak]), { view })).split('\r\n')).toHaveLength(2);
});

test.each(['netstat', 'csv'] as const)(
  '%s: a command can be pasted into a shell',
  async (format) => {
    const command = ['tsnetstat', '--netns', 'a;x $(y)', '-ltn', 'sport', '=', ':80'];
    const text = String(await shown(format, diagnosis([{ ...leak, command }])));
    expect(text).toContain("tsnetstat --netns 'a;x $(y)' -ltn sport = :80");
  },
);

test('table has a row for each finding, and fits the terminal', async () => {
  const text = String(await shown('table', diagnosis([leak]), { width: 80 }));
  expect(text).toContain('close-wait');
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});
