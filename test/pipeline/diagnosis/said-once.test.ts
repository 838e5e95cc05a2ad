import { expect, it } from 'vitest';
import type { Warning } from '../../../src/model/report/snapshot.ts';
import { saidOnce } from '../../../src/pipeline/diagnosis/said-once.ts';

const warning = (message: string, changes: Partial<Warning> = {}): Warning => ({
  ...{ code: 'incomplete', message, source: '/proc/net', subjects: ['/proc/net/tcp'] },
  ...changes,
});
const why = 'not available: only netlink provides them';
const subjects = ['/proc/net/tcp', '/proc/net/tcp6'];
const ofRows = warning(`tcp: memory and marks: ${why}`);
const ofBound = warning(`tcp, tcp6: memory and marks; sockets that are only bound: ${why}`, {
  ...{ code: 'unreadable', subjects },
});

it('says once what two readings lack, whichever comes first', () => {
  expect(saidOnce([ofRows, ofBound])).toEqual([ofBound]);
  expect(saidOnce([ofBound, ofRows])).toEqual([ofBound]);
  expect(saidOnce([ofRows, ofRows])).toEqual([ofRows]);
});

it('names all that they lack', () => {
  const internals = warning(`web1: tcp: TCP's internals; memory and marks: ${why}`);
  const bound = { ...ofBound, message: `web1: ${ofBound.message}` };
  expect(saidOnce([internals, bound])).toEqual([
    warning(
      `web1: tcp, tcp6: TCP's internals; memory and marks; sockets that are only bound: ${why}`,
      { code: 'unreadable', subjects },
    ),
  ]);
});

it.each([
  ['of another table', warning(`udp: memory: ${why}`, { subjects: ['/proc/net/udp'] })],
  ['for another reason', warning('tcp: memory and marks: not available: it is forbidden')],
  ['about something else', warning('tcp: 2 lines could not be parsed')],
  ['of another source', { ...ofRows, source: '/other/net' }],
  ['of another machine', { ...ofRows, host: 'web1' }],
])('keeps one %s', (_, one) => {
  expect(saidOnce([one, ofBound])).toEqual([one, ofBound]);
});
