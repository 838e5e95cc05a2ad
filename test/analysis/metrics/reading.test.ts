import { expect, test } from 'vitest';
import { collectReading, readTables } from '../../../src/analysis/metrics/reading.ts';
import type { ReadTable } from '../../../src/analysis/metrics/sockets.ts';
import type { Warning } from '../../../src/model/report/snapshot.ts';
import { collected } from './support.ts';

const warning = (code: Warning['code'], source: string | null, more: Partial<Warning> = {}) => ({
  ...{ code, message: 'why', source },
  ...more,
});

test('tells how long each part took, which version it was, and what could not be read', () => {
  const warnings = [
    warning('unreadable', '/proc/net/tcp'),
    warning('unreadable', '/proc/7/net'),
    warning('unreadable', '/sys/class/net'),
    warning('uncertain', null),
  ];
  const seconds = new Map([['sockets', 0.25] as const, ['system', 0.5] as const]);
  const lines = collected((into) =>
    collectReading(
      { seconds, warnings, errors: ['unsupported', 'unreadable'], version: '1.2.3' },
      into,
    ),
  );
  expect(lines.filter((line) => !line.endsWith(' 0'))).toEqual([
    'reading_seconds{part="sockets"} 0.25',
    'reading_seconds{part="system"} 0.5',
    'reading_errors{code="unreadable"} 3',
    'reading_errors{code="unsupported"} 1',
    'reading_warnings{code="uncertain"} 2',
    'build_info{version="1.2.3"} 1',
  ]);
  expect(lines).toContain('reading_errors{code="unrecognized"} 0');
});

const tables: readonly ReadTable[] = [
  { protocol: 'tcp', family: 'inet' },
  { protocol: 'tcp', family: 'inet6' },
  { protocol: 'sctp', family: 'inet' },
  { protocol: 'sctp', family: 'inet6' },
  { protocol: 'unix', family: 'unix' },
];

test.each<[string, Warning, readonly string[]]>([
  ['a file', warning('unreadable', '/proc/net/tcp'), ['tcp inet']],
  ['a file of IPv6', warning('unreadable', '/proc/net/tcp6'), ['tcp inet6']],
  ['an answer', warning('unreadable', 'sock_diag (tcp6)'), ['tcp inet6']],
  ['a file of both', warning('unreadable', '/proc/net/sctp/assocs'), ['sctp inet', 'sctp inet6']],
  ['sockets without a family', warning('unreadable', '/proc/net/unix'), ['unix unix']],
  [
    'what names its tables',
    warning('unreadable', 'x', { tables: [{ protocol: 'tcp' }] }),
    [...['tcp inet', 'tcp inet6']],
  ],
  ['nothing that names a table', warning('unreadable', null), []],
  ['what lacks no table', warning('uncertain', '/proc/net/tcp'), []],
])('tables that were not read, by a warning about %s', (_, one, lacking) => {
  const read = readTables(tables, [one]);
  expect(
    tables
      .filter((table) => !read.includes(table))
      .map(({ protocol, family }) => `${protocol} ${family}`),
  ).toEqual(lacking);
});
