import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { attributesOf } from '../src/attributes/index.ts';
import { reportKinds } from './views/text/support/arbitrary.ts';

const path = fileURLToPath(new URL('../schema/tsnetstat.schema.json', import.meta.url));

it('JSON Schema says of each field what its attribute says; `vitest -u` writes it there', async () => {
  const schema = JSON.parse(readFileSync(path, 'utf8'));
  const described: string[] = [];
  for (const { fields = [], meaning } of reportKinds.flatMap(
    (kind) => attributesOf(kind) as never,
  )) {
    for (const field of fields as readonly string[]) {
      const [definition = '', name = ''] = field.split('.');
      const place = schema.$defs[definition]?.properties[name];
      expect(place, field).toBeDefined();
      place.description = meaning;
      described.push(field);
    }
  }
  expect(new Set(described).size).toBe(described.length);
  expect(described.length).toBeGreaterThan(50);
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(path);
});
