import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { attributesOf } from '../../src/attributes/index.ts';
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
