import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { rowShapes } from '../../../src/shapes/row-shapes.ts';
import { linuxGroups } from '../../../src/sources/linux/groups/groups.ts';
import { openProc } from '../../../src/sources/linux/proc/open-proc.ts';
import { linuxRoutes } from '../../../src/sources/linux/routes/routes.ts';
import { rowErrors } from '../../views/text/support/schema.ts';

const root = fileURLToPath(new URL('../../../fixtures/linux', import.meta.url));
const families = ['inet', 'inet6'] as const;
const silent = { warn: () => {} };

describe.each(readdirSync(root))(
  '%s: what is read is as the schema and saved answers have it',
  (name) => {
    const proc = openProc(`${root}/${name}`);
    it.each<['groups' | 'routes', 'group' | 'route', AsyncIterable<readonly object[]>]>([
      ['groups', 'group', linuxGroups(proc, { families }, silent)],
      ['routes', 'route', linuxRoutes(proc, { families }, silent)],
    ])('%s', async (report, definition, batches) => {
      for await (const batch of batches) {
        for (const row of batch) {
          expect([rowShapes[report](row), rowErrors(definition, row)]).toEqual([null, []]);
        }
      }
    });
  },
);
