import { expect, it } from 'vitest';
import { longestCommandLine, type Owner } from '../../../src/model/owner.ts';
import { csv } from '../../../src/views/text/csv.ts';
import { json } from '../../../src/views/text/json.ts';
import { ndjson } from '../../../src/views/text/ndjson.ts';
import { chunkText } from '../../../src/views/text/slices.ts';
import { chunks } from './support/render.ts';
import { inetSockets } from './support/rows.ts';

it.each([
  ['json', json],
  ['ndjson', ndjson],
  ['csv', csv],
])('no chunk of %s grows with the text of its rows', async (_, format) => {
  const owner: Owner = {
    pid: 7,
    program: 'long',
    commandLine: '\u001b'.repeat(longestCommandLine),
    commandTruncated: true,
    executable: null,
    fd: 3,
  };
  const rows = Array.from({ length: 100 }, () => ({ ...inetSockets[0], owners: [owner] }));
  const texts = await chunks(format, 'sockets', rows as never);
  // A row of its own on top: each of its characters shows as six at most.
  const most = chunkText + longestCommandLine * 6 + 1000;
  expect(Math.max(...texts.map(({ length }) => length))).toBeLessThan(most);
  expect(texts.join('').length).toBeGreaterThan(100 * longestCommandLine * 4);
});
