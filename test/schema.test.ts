import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { checks } from '../src/analysis/checks/index.ts';
import { attributesOf } from '../src/attributes/index.ts';
import { eventColumns } from '../src/attributes/socket-events.ts';
import { reportKinds } from './views/text/support/arbitrary.ts';

const path = fileURLToPath(new URL('../schema/tsnetstat.schema.json', import.meta.url));

it('JSON Schema describes each field as its attribute does, and lists the checks; `vitest -u` writes it there', async () => {
  const schema = JSON.parse(readFileSync(path, 'utf8'));
  const described: string[] = [];
  const columns: readonly { readonly fields?: readonly string[]; readonly meaning: string }[] = [
    ...reportKinds.flatMap((kind) => attributesOf(kind) as never),
    ...eventColumns.map(({ field, meaning }) => ({ fields: [field], meaning })),
  ];
  for (const { fields = [], meaning } of columns) {
    for (const field of fields) {
      const [definition = '', name = ''] = field.split('.');
      const place = schema.$defs[definition]?.properties[name];
      expect(place, field).toBeDefined();
      place.description = meaning;
      described.push(field);
    }
  }
  schema.$defs.checkName.enum = checks.map(({ name }) => name);
  expect(new Set(described).size).toBe(described.length);
  expect(described.length).toBeGreaterThan(50);
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(path);
});
