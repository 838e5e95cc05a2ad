import { describe, expect, it } from 'vitest';
import { attributesOf } from '../../../src/attributes/index.ts';
import type { Fact } from '../../../src/model/report/facts.ts';
import { noNames } from '../../../src/model/report/names.ts';
import type { Listing } from '../../../src/model/request/listing.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { defaultListing } from '../../../src/options/default-listing.ts';
import { detailKeys, detailLines } from '../../../src/views/live/details.ts';
import type { Detail } from '../../../src/views/live/state.ts';
import { inet, owner, tcpInfo } from '../../support/builders.ts';

const facts: readonly Fact[] = [
  ...(['tcpInfo', 'tcpInternals', 'socketInfo', 'boundSockets', 'workloads', 'exposure'] as const),
  ...(['creationTimes', 'queues', 'users', 'inodes', 'timers', 'netns', 'machines'] as const),
  ...(['processFacts', 'executables'] as const),
];

const keysWith = (view: Partial<Listing['view']>) =>
  detailKeys({ ...defaultListing, view: { ...defaultListing.view, ...view } }, facts);

/** What `proto`, `src`, `dst` and `created` say too, and the time of the reading. */
const saidOtherwise = ['family', 'local', 'lport', 'remote', 'rport', 'age', 'taken'];

describe('the details of a socket', () => {
  it('have every column of sockets', () => {
    const keys = keysWith({ peers: true, exposure: true, withNetns: true });
    const others = attributesOf('sockets').filter(
      ({ key, aliases = [] }) => ![key, ...aliases].some((name) => keys.includes(name)),
    );
    expect(others.map(({ key }) => key)).toEqual(saidOtherwise);
  });

  it('have what is costly to read only if the listing asks for it', () => {
    const all = keysWith({ peers: true, exposure: true, withNetns: true });
    const cheap = keysWith({});
    expect(all.filter((key) => !cheap.includes(key)).toSorted()).toEqual([
      ...['exposure', 'exposurereason', 'netns'],
      ...['peer', 'peernoowner', 'peerpid', 'peerworkload', 'publishedfor'],
    ]);
    expect(keysWith({ exposure: true })).toEqual(
      all.filter((key) => key !== 'netns' && !key.startsWith('peer')),
    );
  });
});

describe('the lines of the details', () => {
  const none = { isGone: false, takenAt: '', sent: [], received: [], rtt: [] };
  function linesOf(socket: Socket, changes: Partial<Detail> = {}, width = 80) {
    const context = { takenAt: '', names: noNames, previous: null };
    const explained = [
      { label: null, text: 'It is open.' },
      { label: 'Recv-Q', text: 'Bytes.' },
    ];
    const detail = { ...none, ...changes, socket };
    return detailLines(detail, context, explained, width).map(({ text }) => text);
  }
  const web = inet('192.0.2.1:443', '198.51.100.1:7');
  const ended = 'This socket is closed: what follows is what was seen last.';

  it('begin with what has become of it, if it is gone', () => {
    expect(linesOf(web)[0]).toBe('Socket');
    expect(linesOf(web, { isGone: true }).slice(0, 3)).toEqual([ended, '', 'Socket']);
  });

  it('have what is known, each with its title', () => {
    const lines = linesOf(web);
    expect(lines).toContain('  Proto             tcp');
    expect(lines).toContain('  Foreign Address   198.51.100.1:7');
    expect(lines.filter((line) => /^ *[^ ].* -?$/.test(line))).toEqual([]);
    expect(lines.slice(-4)).toEqual([
      ...['', 'What ESTABLISHED means', '  It is open.', '  Recv-Q: Bytes.'],
    ]);
  });

  it('break long values under their beginning', () => {
    const at = linesOf(inet('[2001:db8:1:2:3:4:5:6]:443', '[::1]:7'), {}, 36);
    const first = at.findIndex((line) => line.startsWith('  Local Address '));
    expect(at[first + 1]).toMatch(/^ {20}\S/);
  });

  it('have every process, as far as there is room for all', () => {
    const holders = (count: number) =>
      linesOf({ ...web, owners: Array.from({ length: count }, (_, i) => owner(i + 1, `p${i}`)) });
    const programs = (lines: readonly string[]) =>
      lines.filter((line) => line.startsWith('  Program '));
    expect(holders(1)).toContain('Process');
    expect(holders(2)).toContain('Processes (2)');
    expect(programs(holders(2))).toEqual(['  Program           p0', '  Program           p1']);
    const own = (lines: readonly string[]) =>
      lines
        .filter((line) => /^ {2}(?:PID|Program) /.test(line))
        .map((line) => line.trim().split(/ +/));
    expect(own(holders(2))).toEqual([
      ['Program', 'p0'],
      ['PID', '1'],
      ['Program', 'p1'],
      ['PID', '2'],
    ]);
    expect(programs(holders(22))).toHaveLength(20);
    expect(holders(22)).toContain(`${' '.repeat(20)}and 2 others`);
    expect(holders(20).join()).not.toContain('others');
  });

  it('have the history of what was measured, with the latest value', () => {
    const lines = linesOf({ ...web, tcpInfo: tcpInfo({}) }, { sent: [1000, 4000], rtt: [8, null] });
    const lately = lines.filter((line) => line.includes(' lately '));
    expect(lately).toEqual(['  Sent lately       ▂█ 4.00 kB/s', '  RTT lately        █  -']);
  });
});
