import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { attributesOf, nearAttributes, otherNames } from '../../src/attributes/index.ts';
import type { ReportKind } from '../../src/model/report/snapshot.ts';
import { reportKinds } from '../views/text/support/arbitrary.ts';

const root = join(import.meta.dirname, '../..');
const page = join(root, 'docs/formats.md');
const schema = JSON.parse(readFileSync(join(root, 'schema/tsnetstat.schema.json'), 'utf8'));

const rows = {
  sockets: ['inetSocket', 'unixSocket'],
  routes: ['route'],
  interfaces: ['interface'],
  groups: ['group'],
  statistics: ['counter'],
} as const;

interface Place {
  readonly $ref?: string;
  readonly anyOf?: readonly Place[];
  readonly items?: Place;
  readonly properties?: Readonly<Record<string, Place>>;
}

/** The paths below a place of the schema, with what the schema calls each: `rtt` of `tcpInfo` is `tcpInfo.rtt`. */
function* pathsOf(place: Place, name: string, path = ''): Generator<readonly [string, string]> {
  for (const inner of place.anyOf ?? []) yield* pathsOf(inner, name, path);
  if (place.items !== undefined) yield* pathsOf(place.items, name, `${path}[]`);
  if (place.$ref !== undefined) {
    const definition = place.$ref.replace('#/$defs/', '');
    yield* pathsOf(schema.$defs[definition], definition, path);
  }
  for (const [field, inner] of Object.entries(place.properties ?? {})) {
    const here = path === '' ? field : `${path}.${field}`;
    yield [`${name}.${field}`, here];
    yield* pathsOf(inner, `${name}.${field}`, here);
  }
}

/** Each column of each report with its path in a JSON row; columns without one are worked out of several fields. */
const places = reportKinds.flatMap((report) => {
  const known = rows[report].flatMap((row) => [...pathsOf({ $ref: `#/$defs/${row}` }, row)]);
  return attributesOf(report).map(({ key, fields = [], path }) => {
    const found = known
      .filter(([name, at]) => fields.includes(name) || at === path)
      .map(([, at]) => at)
      .sort((one, other) => one.split('.').length - other.split('.').length);
    return { report, key, path: found[0], isTold: path !== undefined || fields.length > 0 };
  });
});

it('every column that names its place in JSON has it in the schema', () => {
  expect(places.filter(({ isTold, path }) => isTold && path === undefined)).toEqual([]);
});

describe('who types a name of JSON is told the column', () => {
  // Other columns may have that field too, or other tools that name for something else.
  const meant = (report: ReportKind, name: string) => nearAttributes(attributesOf(report), name);
  const known = new Set(
    reportKinds.flatMap((report) => attributesOf(report).map(({ key }) => key)),
  );

  it.each(places.filter(({ path }) => path !== undefined && !known.has(path)))(
    '$report: $path is $key',
    ({ report, key, path = '' }) => {
      expect(meant(report, path.replaceAll('[]', ''))).toContain(key);
      const field = path.replaceAll('[]', '').split('.').at(-1) as string;
      const isOther = known.has(field) || Object.hasOwn(otherNames, field.toLowerCase());
      if (!isOther) expect(meant(report, field)).toContain(key);
    },
  );

  it.each([
    ['local.port', ['lport']],
    ['localPort', ['lport']],
    ['bytesSent', ['sent']],
    ['bytes_sent', ['sent']],
    ['BYTESSENT', ['sent']],
    ['UID', ['user']],
    ['tcpInfo.bytesSent', ['sent']],
    ['protocol', ['proto']],
    ['PID/Program', ['pid', 'program']],
    ['acceptQueue', ['acceptq', 'acceptlimit']],
  ])('%s', (name, keys) => {
    expect(meant('sockets', name)).toEqual(keys);
  });

  it.each<[ReportKind, string, string[]]>([
    ['routes', 'port', []],
    ['interfaces', 'addr', ['addresses']],
  ])('but none that the report has not: %s, %s', (report, name, keys) => {
    expect(meant(report, name)).toEqual(keys);
  });

  it('and a word for all columns is taken for none of them', () => {
    expect(meant('sockets', 'list')).toEqual([]);
  });
});

it('docs/formats.md says what each column is called in JSON; `vitest -u` writes it there', async () => {
  const lines = [
    ['report', 'column', 'in JSON'],
    ...places
      .filter(({ key, path }) => path !== undefined && path !== key)
      .map(({ report, key, path }) => [report, `\`${key}\``, `\`${path}\``]),
  ];
  const widths = [0, 1, 2].map((at) => Math.max(...lines.map((cells) => cells[at]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const [head = [], ...rest] = lines;
  const table = [line(head), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)];
  const text = readFileSync(page, 'utf8');
  const marks = /(<!-- columns -->\n).*?(<!-- end of columns -->)/s;
  expect(text).toMatch(marks);
  await expect(
    text.replace(marks, (_, begin, end) => `${begin}\n${table.join('\n')}\n\n${end}`),
  ).toMatchFileSnapshot(page);
});
