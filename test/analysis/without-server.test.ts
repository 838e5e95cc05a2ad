import { expect, test } from 'vitest';
import type { OpeningEnd } from '../../src/analysis/opening-end.ts';
import type { ConnectionLine } from '../../src/analysis/service-connections.ts';
import { type WithoutServer, withoutServer } from '../../src/analysis/without-server.ts';

const localPorts = { range: { first: 32_768, last: 60_999 }, reserved: [] };

/** Connections between a local port and a port of an address; `openedBy` as the kernel tells it. */
function line(
  port: number,
  otherPort: number,
  changes: Partial<ConnectionLine> = {},
): ConnectionLine {
  return {
    ...{ protocol: 'tcp', network: 'own', port, otherPort, state: 'TIME_WAIT' },
    ...{ address: '198.51.100.9', isOwn: false, openedBy: null, owner: null, count: 1 },
    ...changes,
  };
}

/** What the lines are to a port; nothing listens but at `served`. */
function kindsOf(
  asked: number,
  lines: readonly ConnectionLine[],
  served: readonly number[] = [],
): readonly WithoutServer[] {
  const isServed = (_: ConnectionLine, port: number) => served.includes(port);
  return lines.map(withoutServer(asked, lines, { localPorts, isServed }));
}

const by = (openedBy: OpeningEnd) => ({ openedBy, state: 'ESTABLISHED' });
const elsewhere = { address: '198.51.100.8' };

test.each<[string, number, readonly ConnectionLine[], readonly WithoutServer[]]>([
  ['accepted, from a low port', 40123, [line(40123, 5000, by('remote'))], ['incoming']],
  ['accepted, from a privileged port', 40123, [line(40123, 800, by('remote'))], ['incoming']],
  ['opened from the port of a service', 20, [line(20, 40000, by('local'))], ['opened']],
  [
    'those of which the kernel does not tell, beside one of which it does',
    20,
    [line(20, 40000), line(20, 40001, by('local'))],
    ['opened', 'opened'],
  ],
  [
    'not beside one of another protocol or network',
    40123,
    [
      line(40123, 5000),
      line(40123, 5001, { ...by('remote'), protocol: 'sctp', ...elsewhere }),
      line(40123, 5002, { ...by('local'), network: 'other' }),
    ],
    ['unclear', 'incoming', 'opened'],
  ],
  [
    'not beside several that differ',
    40123,
    [line(40123, 443), line(40123, 444, by('remote')), line(40123, 445, by('local'))],
    ['incoming', 'incoming', 'opened'],
  ],
  ['to a privileged port', 40123, [line(40123, 443)], ['opened']],
  ['to or from another port', 40123, [line(40123, 5432)], ['unclear']],
  ['between ports that systems assign', 40123, [line(40123, 50_000)], ['unclear']],
  [
    'from several ports of one address',
    40123,
    [line(40123, 5000), line(40123, 5001)],
    ['incoming', 'incoming'],
  ],
  [
    'to or from a port of each of several addresses',
    40123,
    [line(40123, 5000), line(40123, 5001, elsewhere)],
    ['unclear', 'unclear'],
  ],
  [
    'from ports that systems assign, of several addresses',
    40123,
    [line(40123, 50_000), line(40123, 50_001, elsewhere)],
    ['incoming', 'incoming'],
  ],
  [
    'from a port that systems assign, to one that none does',
    7071,
    [line(7071, 40000)],
    ['incoming'],
  ],
  ['between ports that no system assigns', 800, [line(800, 2049)], ['unclear']],
  [
    'of the port of FTP data, which servers connect from',
    20,
    [line(20, 40000), line(20, 40001)],
    ['unclear', 'unclear'],
  ],
  [
    'of one port at both ends',
    7071,
    [
      line(7071, 7071),
      line(7071, 7071, { isOwn: true }),
      line(7071, 7071, { ...by('remote'), network: 'other' }),
    ],
    ['outgoing', 'opened', 'incoming'],
  ],
  [
    'of that port of others',
    7071,
    [line(40000, 7071), line(40000, 7071, by('local')), line(40000, 7071, by('remote'))],
    ['outgoing', 'outgoing', 'opened'],
  ],
  [
    'that only their other end on this machine tells',
    40123,
    [
      line(40123, 5000, { isOwn: true }),
      line(5000, 40123, { ...by('remote'), isOwn: true }),
      line(40123, 5001, { isOwn: true, network: 'other' }),
      line(5001, 40123, { ...by('local'), isOwn: true, network: 'other' }),
      line(40123, 5002, { ...by('local'), isOwn: true }),
      line(5002, 40123, { isOwn: true }),
    ],
    ['opened', 'same', 'incoming', 'outgoing', 'opened', 'same'],
  ],
  [
    'whose other ends on this machine differ, or do not tell',
    40123,
    [
      line(40123, 5000, { isOwn: true }),
      line(5000, 40123, { ...by('remote'), isOwn: true }),
      line(5000, 40123, { ...by('local'), isOwn: true }),
      line(40123, 443, { isOwn: true, network: 'other' }),
      line(443, 40123, { isOwn: true, network: 'other' }),
    ],
    ['unclear', 'same', 'outgoing', 'opened', 'outgoing'],
  ],
  [
    'the other end of one that this machine accepted',
    7071,
    [line(5000, 7071, { ...by('remote'), isOwn: true })],
    ['same'],
  ],
])('connections %s', (_, asked, lines, expected) => {
  expect(kindsOf(asked, lines)).toEqual(expected);
});

test('connections to a server of this machine were opened from the port, and so were the others', () => {
  const lines = [line(40123, 5000, { isOwn: true }), line(40123, 6000)];
  expect(kindsOf(40123, lines, [5000])).toEqual(['opened', 'opened']);
});
