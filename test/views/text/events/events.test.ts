import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { noNames } from '../../../../src/model/report/names.ts';
import type { SocketChange, SocketEvent } from '../../../../src/model/report/socket-event.ts';
import { type EventFormat, allNumeric as numeric } from '../../../../src/model/request/view.ts';
import { chalkPaint } from '../../../../src/views/text/chalk-paint.ts';
import { eventViewFor } from '../../../../src/views/text/events/index.ts';
import { inet, owner, tcpInfo, unixSocket } from '../../../support/builders.ts';
import { linuxFacts } from '../../../support/fake-source.ts';
import { type Asked, listingWith } from '../../../support/listing.ts';
import { lineErrors } from '../support/schema.ts';

const connection = inet('192.0.2.1:443', '198.51.100.7:40000', { inode: 7 });
function change(changes: Partial<SocketChange>): SocketChange {
  return {
    ...{ event: 'opened', time: '2026-03-01T12:34:56.789Z', knownBy: 'round', socket: connection },
    ...{ seenFor: null, stateBefore: null, ownersBefore: null, traffic: null },
    ...changes,
  };
}

const traffic = {
  ...{ bytesSent: 9_007_199_254_740_993n, bytesReceived: 7n, rtt: 0.25, retransmitted: 0 },
};
const held = { ...connection, owners: [owner(7, 'ng\u001b[31minx')], noOwner: null };
const events: Readonly<Record<string, SocketEvent>> = {
  opened: change({}),
  closed: change({ event: 'closed', knownBy: 'kernel', seenFor: 1234, traffic }),
  unseen: change({
    event: 'closed',
    knownBy: 'kernel',
    socket: {
      ...connection,
      state: 'CLOSE',
      recvQueue: null,
      sendQueue: null,
      uid: null,
      inode: null,
    },
    traffic: { bytesSent: null, bytesReceived: null, rtt: null, retransmitted: null },
  }),
  state: change({ event: 'state', stateBefore: 'SYN_SENT' }),
  owner: change({
    event: 'owner',
    socket: held,
    ownersBefore: [owner(5, 'a b;\u202e'), owner(6, null)],
  }),
  accepted: change({ event: 'owner', socket: held, ownersBefore: [] }),
  unix: change({ event: 'closed', seenFor: 0, socket: unixSocket({ path: '/run/\nx' }) }),
  full: change({ event: 'closed', seenFor: 5, socket: { ...held, tcpInfo: tcpInfo() }, traffic }),
  warning: {
    event: 'warning',
    time: '2026-03-01T12:34:56.789Z',
    warning: { code: 'lost', message: 'closes were lost', source: 'sock_diag' },
  },
};

async function shown(format: EventFormat, asked: Partial<Asked> = {}, paint = false) {
  const view = await eventViewFor(format);
  const {
    query,
    view: asView,
    schedule,
  } = listingWith({
    ...{ format, numeric, which: 'all', interval: 1000, protocols: ['tcp', 'unix'] },
    ...asked,
  });
  const context = {
    ...{ query, view: asView, schedule, facts: linuxFacts, width: null, names: noNames },
    ...{ platform: 'linux' as const, paint: paint ? await chalkPaint(1) : null },
  };
  const lines = view.lines(context);
  return {
    header: view.header(context),
    of: (name: string) => lines(events[name] as SocketEvent),
  };
}

describe('netstat', () => {
  /** Behind the time, which is the machine's own. */
  const bare = (line: string) => line.replace(/^\d\d:\d\d:\d\d\.789 /, '');

  it.each([
    [
      'opened',
      'opened tcp        0      0 192.0.2.1:443           198.51.100.7:40000      ESTABLISHED\n',
    ],
    [
      'closed',
      'closed tcp        0      0 192.0.2.1:443           198.51.100.7:40000      ESTABLISHED seen=1.234s by=kernel sent=9007199254740993 recv=7 rtt=0.25ms retrans=0\n',
    ],
    [
      'unseen',
      'closed tcp        -      - 192.0.2.1:443           198.51.100.7:40000      CLOSE       seen=never by=kernel sent=- recv=- rtt=- retrans=-\n',
    ],
    [
      'state',
      'state  tcp        0      0 192.0.2.1:443           198.51.100.7:40000      ESTABLISHED was=SYN_SENT\n',
    ],
    [
      'accepted',
      'owner  tcp        0      0 192.0.2.1:443           198.51.100.7:40000      ESTABLISHED was=-\n',
    ],
    [
      'unix',
      'closed unix  2      [ ACC ]     STREAM     LISTENING     8123     /run/\\x0ax seen=0.000s by=round\n',
    ],
    ['warning', ''],
  ])('%s', async (name, expected) => {
    const { of } = await shown('netstat');
    expect(bare(of(name))).toBe(expected);
  });

  it('user and inode are reported only for sockets that a reading saw', async () => {
    const { of } = await shown('netstat', { extend: 1 });
    expect(bare(of('unseen'))).toContain(' CLOSE       -          -          seen=never');
    expect(bare(of('closed'))).toContain(' ESTABLISHED 0          7          seen=1.234s');
  });

  it('text that others chose is made safe, and comes last if it may contain blanks', async () => {
    const { of } = await shown('netstat', { programs: true });
    expect(bare(of('owner'))).toBe(
      'owner  tcp        0      0 192.0.2.1:443           198.51.100.7:40000      ESTABLISHED 7/ng\\x1b[31minx      was=5/a b;\\u202e,6/-\n',
    );
  });

  it('the names of the columns stand above, a line for each kind of row that can come', async () => {
    const both = (await shown('netstat', { programs: true })).header;
    expect(both).toBe(
      'Time         Event  Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name\n' +
        'Time         Event  Proto RefCnt Flags       Type       State         I-Node   PID/Program name     Path\n',
    );
    expect((await shown('netstat', { protocols: ['tcp'] })).header.split('\n')).toHaveLength(2);
    expect((await shown('netstat', { protocols: ['unix'] })).header).toContain('RefCnt');
    for (const format of ['netstat', 'csv'] as const) {
      expect((await shown(format, { header: false })).header).toBe('');
    }
  });

  it('columns that were named take the place of its own', async () => {
    const { header, of } = await shown('netstat', { columns: ['lport', 'state'] });
    expect(header).toMatch(/^Time {9}Event {2}.*Port.*State\n$/);
    expect(bare(of('state'))).toMatch(/^state +443 ESTABLISHED was=SYN_SENT\n$/);
  });

  it('the time is that of the machine, to the millisecond', async () => {
    const { of } = await shown('netstat');
    const at = new Date('2026-03-01T12:34:56.789Z');
    const hours = String(at.getHours()).padStart(2, '0');
    expect(
      of('opened').startsWith(`${hours}:${String(at.getMinutes()).padStart(2, '0')}:56.789 `),
    ).toBe(true);
  });

  it('colours change no character', async () => {
    const plain = await shown('netstat');
    const coloured = await shown('netstat', {}, true);
    for (const name of Object.keys(events)) {
      expect(
        coloured
          .of(name)
          .replace(/\u001b\[\d+m/g, '')
          .trimEnd(),
      ).toBe(plain.of(name).trimEnd());
    }
  });
});

describe('json and ndjson', () => {
  it.each(['json', 'ndjson'] as const)(
    '%s: each event is an object that the schema describes',
    async (format) => {
      const { header, of } = await shown(format);
      expect(header).toBe('');
      for (const name of Object.keys(events)) {
        const line = of(name);
        expect(line.endsWith('}\n')).toBe(true);
        expect(line.slice(0, -1)).toMatch(/^[ -~]*$/);
        const read = JSON.parse(line);
        expect(lineErrors(read), name).toEqual([]);
        expect(read).toMatchObject({ schemaVersion: 1, platform: 'linux', report: 'events' });
      }
    },
  );

  it('a count has all its digits', async () => {
    expect((await shown('ndjson')).of('closed')).toContain('"bytesSent":9007199254740993,');
  });

  it('the schema refuses an event that lacks something', async () => {
    const read = JSON.parse((await shown('ndjson')).of('closed'));
    for (const key of Object.keys(read)) {
      const { [key]: _, ...rest } = read;
      expect(lineErrors(rest), key).not.toEqual([]);
    }
  });
});

describe('csv', () => {
  it('the columns of the event stand before those of the socket', async () => {
    const { header, of } = await shown('csv');
    const read = (name: string) =>
      parse(header + of(name), { columns: true })[0] as Record<string, string>;
    expect(read('closed')).toMatchObject({
      ...{ time: '2026-03-01T12:34:56.789Z', event: 'closed', knownby: 'kernel', seenfor: '1234' },
      ...{ totalsent: '9007199254740993', totalreceived: '7', lastrtt: '0.25', totalretrans: '0' },
      ...{ statebefore: '', ownersbefore: '', proto: 'tcp', lport: '443', state: 'ESTABLISHED' },
    });
    expect(read('unseen')).toMatchObject({ seenfor: '', totalsent: '', recvq: '' });
    expect(read('owner')).toMatchObject({ ownersbefore: '5/a b\\x3b\\u202e;6/-' });
    expect(of('warning')).toBe('');
    expect(header.split(',').filter((key) => key === 'taken')).toEqual([]);
  });

  it('columns that were named take the place of those of the socket', async () => {
    const { header, of } = await shown('csv', { columns: ['lport'] });
    expect(header.trim().split(',').at(-1)).toBe('lport');
    expect(of('closed').trim().split(',').at(-1)).toBe('443');
  });
});
