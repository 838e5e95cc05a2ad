import { expect, it } from 'vitest';
import { longestCommandLine } from '../../../src/model/socket/owner.ts';
import { chunkText } from '../../../src/views/text/chunks.ts';
import { csv } from '../../../src/views/text/csv.ts';
import { json } from '../../../src/views/text/json.ts';
import { ndjson } from '../../../src/views/text/ndjson.ts';
import { columnsTable } from '../../../src/views/text/netstat/custom.ts';
import { inetSocket, owner } from '../../support/builders.ts';
import { chunks } from './support/render.ts';

it.each([
  ['json', json],
  ['ndjson', ndjson],
  ['csv', csv],
  ['columns', columnsTable],
])('no chunk of %s grows with the text of its rows', async (_, format) => {
  const long = owner(7, 'long', {
    commandLine: '\u001b'.repeat(longestCommandLine),
    commandTruncated: true,
    fd: 3,
  });
  const rows = Array.from({ length: 100 }, () => inetSocket({ owners: [long] }));
  const asked = format === columnsTable ? { asked: { columns: ['pid', 'command'] } } : {};
  const texts = await chunks(format, 'sockets', rows, asked);
  // A row of its own on top: each of its characters shows as six at most.
  const most = chunkText + longestCommandLine * 6 + 1000;
  expect(Math.max(...texts.map(({ length }) => length))).toBeLessThan(most);
  expect(texts.join('').length).toBeGreaterThan(100 * longestCommandLine * 4);
});
