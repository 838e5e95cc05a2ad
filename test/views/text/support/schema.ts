import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

const path = new URL('../../../../schema/tsnetstat.schema.json', import.meta.url);
export const schema = JSON.parse(readFileSync(path, 'utf8'));

const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
const document = ajv.compile(schema);
const line = ajv.compile({ $ref: `${schema.$id}#/$defs/line` });
const difference = ajv.compile({ $ref: `${schema.$id}#/$defs/difference` });
const differenceLine = ajv.compile({ $ref: `${schema.$id}#/$defs/differenceLine` });

/** What the schema has against a document of `--format json`; empty: nothing. */
export function documentErrors(value: unknown): readonly unknown[] {
  return document(value) ? [] : (document.errors ?? []);
}

/** What the schema has against a line of `--format ndjson`; empty: nothing. */
export function lineErrors(value: unknown): readonly unknown[] {
  return line(value) ? [] : (line.errors ?? []);
}

/** What the schema has against a row of a report; empty: nothing. */
export function rowErrors(definition: 'group' | 'route', value: unknown): readonly unknown[] {
  const row = ajv.compile({ $ref: `${schema.$id}#/$defs/${definition}` });
  return row(value) ? [] : (row.errors ?? []);
}

/** What the schema has against a document of `--diff FILE --json`; empty: nothing. */
export function differenceErrors(value: unknown): readonly unknown[] {
  return difference(value) ? [] : (difference.errors ?? []);
}

/** What the schema has against a line of `--diff FILE --format ndjson`; empty: nothing. */
export function differenceLineErrors(value: unknown): readonly unknown[] {
  return differenceLine(value) ? [] : (differenceLine.errors ?? []);
}
