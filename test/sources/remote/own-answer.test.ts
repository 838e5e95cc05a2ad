import { describe, expect, it } from 'vitest';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { ownRows, parseOwnAnswer } from '../../../src/sources/remote/own-answer.ts';
import type { SocketQuery } from '../../../src/sources/source.ts';
import { exactJson } from '../../../src/text/json-text.ts';
import { inet, owner, unixSocket } from '../../support/builders.ts';
import { collect, warningSink } from '../../support/source-answers.ts';

const head = { schemaVersion: 1, platform: 'linux', takenAt: '2026-01-31T12:00:00.000Z' };
const answer = (fields: object) =>
  Buffer.from(exactJson({ ...head, sockets: [], warnings: [], ...fields }));

const query: SocketQuery = {
  protocols: ['tcp', 'udp', 'unix'],
  families: ['inet'],
  owners: { depth: 'all', details: true },
  keep: () => true,
};

async function rowsOf(sockets: readonly object[], asked: Partial<SocketQuery> = {}) {
  const own = parseOwnAnswer(answer({ sockets }));
  if (own === null) return null;
  return collect(ownRows(own, { ...query, ...asked }, { warn() {} }));
}

async function warningsOf(sockets: readonly object[], asked: Partial<SocketQuery>) {
  const own = parseOwnAnswer(answer({ sockets }));
  const sink = warningSink();
  if (own === null) return null;
  for await (const _ of ownRows(own, { ...query, ...asked }, sink));
  return sink.warnings.map(({ message }) => message);
}

describe('parseOwnAnswer', () => {
  it.each([
    ['another schema', answer({ schemaVersion: 2 })],
    ['another system', answer({ platform: 'darwin' })],
    ['no sockets', answer({ sockets: undefined })],
    ['rows of another form', answer({ sockets: [{ protocol: 'tcp' }] })],
    ['warnings of another form', answer({ warnings: ['x'] })],
    ['no JSON', Buffer.from('hello')],
    ['nothing', Buffer.alloc(0)],
    ['no object', Buffer.from('null')],
    ['several answers', Buffer.concat([answer({}), answer({})])],
  ])('refuses %s', (_, bytes) => {
    expect(parseOwnAnswer(bytes)).toBeNull();
  });

  it('is not made into values where it is of brackets alone', () => {
    const of = (filling: string) =>
      Buffer.from(
        `{"schemaVersion":1,"platform":"linux","warnings":[],"sockets":[],"x":[${filling}0]}`,
      );
    for (const filling of ['{},', '[],', '[[]],']) {
      expect(parseOwnAnswer(of(filling))).not.toBeNull();
      expect(parseOwnAnswer(of(filling.repeat(100_000)))).toBeNull();
    }
    // Those in texts are none.
    const path = unixSocket({ path: `\\"${'{['.repeat(10_000)}` });
    expect(parseOwnAnswer(answer({ sockets: [path] }))?.rows).toHaveLength(1);
    const plain = Array.from({ length: 5000 }, () => unixSocket({ path: null, owners: [] }));
    expect(parseOwnAnswer(answer({ sockets: plain }))?.rows).toHaveLength(5000);
  });

  it('quotes no more of what others chose than a message has room for', () => {
    const long = 'x'.repeat(100_000);
    const [warning] =
      parseOwnAnswer(answer({ warnings: [{ code: 'absent', message: long, source: long }] }))
        ?.warnings ?? [];
    expect(warning?.message.length).toBeLessThan(2100);
    expect(warning?.source?.length).toBeLessThan(400);
  });

  it.each([
    [2, 2],
    [1000, undefined],
  ])('a warning about %i tables is about %j, or any', (count, kept) => {
    const tables = Array.from({ length: count }, () => ({ protocol: 'udp', later: 1 }));
    const warning = { code: 'empty', message: 'T', source: 'T', tables };
    const [parsed] = parseOwnAnswer(answer({ warnings: [warning] }))?.warnings ?? [];
    expect(parsed?.tables?.length).toBe(kept);
  });

  it('keeps every digit of a counter', async () => {
    const [row] = (await rowsOf([{ ...inet('127.0.0.1:80', '0.0.0.0'), cookie: 2n ** 63n }], {
      socketInfo: true,
    })) as Socket[];
    expect(row).toMatchObject({ cookie: 2n ** 63n });
  });
});

describe('ownRows', () => {
  const tcp = inet('127.0.0.1:80', '0.0.0.0', { owners: [owner(7, 'nginx')], noOwner: null });
  const tcp6 = inet('[::1]:80', '[::]', { family: 'inet6' });

  it('gives the protocols and families that were asked for, in their order', async () => {
    const rows = await rowsOf([unixSocket(), tcp6, tcp]);
    expect(rows?.map(({ protocol, family }) => [protocol, family])).toEqual([
      ['tcp', 'inet'],
      ['unix', 'unix'],
    ]);
  });

  it('gives what the caller keeps', async () => {
    expect(
      await rowsOf([tcp, unixSocket()], { keep: ({ protocol }) => protocol === 'unix' }),
    ).toHaveLength(1);
  });

  it('sets null for what was asked for and is not reported, and leaves out what was not asked for', async () => {
    const more = { tcpInfo: true, socketInfo: true, workloads: true, exposure: true };
    const [row] = (await rowsOf([{ ...tcp, owners: null, noOwner: null }], more)) as Socket[];
    expect(row).toMatchObject({
      ...{ tcpInfo: null, acceptQueue: null, drops: null, memory: null, mark: null, cookie: null },
      ...{ workload: null, workloads: [], noWorkload: 'unknown', cgroup: null, exposure: null },
      ...{ owners: [], noOwner: 'unknown' },
    });
    const netns = { inode: 1, name: 'x', own: true };
    const [plain] = (await rowsOf([
      { ...tcp, tcpInfo: null, exposure: null, netns, cgroup: '/' },
    ])) as Socket[];
    for (const key of ['tcpInfo', 'exposure', 'netns', 'cgroup'])
      expect(plain).not.toHaveProperty(key);
  });

  describe('warns of what decides about a row and was not reported', () => {
    const facts = { acceptQueue: null, drops: 0, memory: null, mark: null };
    const asked = (row: object) => ({ ...row, ...facts, cookie: 5n });
    const marks = (query: Partial<SocketQuery>, rows: readonly object[]) =>
      warningsOf(rows, {
        socketInfo: true,
        families: ['inet', 'inet6'],
        keep: () => false,
        ...query,
      });
    /** A filter by a mark of TCP, as an expression is compiled. */
    const isUndecided = ({ protocol, mark }: Socket) => protocol !== 'unix' && mark === null;

    it('a mark, which takes a right over there', async () => {
      const marked = await marks({ isUndecided }, [asked(tcp), asked(tcp6), asked(unixSocket())]);
      expect(marked).toEqual([
        'sock_diag (tcp), sock_diag (tcp6): marks of sockets: not available: they need CAP_NET_ADMIN',
      ]);
    });

    it('SCTP, which only files contain', async () => {
      const sctp = { ...tcp, protocol: 'sctp', state: 'LISTEN' };
      const marked = await marks({ isUndecided, protocols: ['sctp'] }, [sctp]);
      expect(marked).toEqual([expect.stringMatching(/^sctp: .* read only from files$/)]);
    });

    it.each<[string, Partial<SocketQuery>, readonly object[]]>([
      ['it decides nothing', { isUndecided: () => false }, [asked(tcp)]],
      ['nobody asked for it', { isUndecided, socketInfo: false }, [asked(tcp)]],
      // It says so itself.
      ['that machine has read files', { isUndecided }, [{ ...tcp, ...facts, cookie: null }]],
    ])('and nothing where %s', async (_, query, rows) => {
      expect(await marks(query, rows)).toEqual([]);
    });
  });

  it('gives the queues of UNIX sockets where these were asked for, and nothing beside them', async () => {
    const whole = { acceptQueue: null, drops: 0, memory: null, mark: null, cookie: 5n };
    const rows = [{ ...unixSocket(), recvQueue: 7, sendQueue: 0, ...whole }, unixSocket(), tcp];
    const [internet, told, untold] = (await rowsOf(rows, { unixQueues: true })) as Socket[];
    expect(told).toMatchObject({ recvQueue: 7, sendQueue: 0 });
    expect(untold).toMatchObject({ recvQueue: null, sendQueue: null });
    for (const row of [told, internet]) expect(row).not.toHaveProperty('drops');
  });
});

describe('hidden owners', () => {
  const hidden = (port: number) =>
    inet(`127.0.0.1:${port}`, '0.0.0.0', { owners: [], noOwner: 'denied', inode: port });
  const known = inet('127.0.0.1:9', '0.0.0.0', { owners: [owner(1, 'a')], inode: 9 });
  const warning = {
    ...{ code: 'owners-denied', source: '/proc' },
    message: 'the owners of 1,234 sockets could not be determined: hidepid',
  };

  /** The warnings, and what a caller that counts itself is given for 7 sockets. */
  async function warned(asked: Partial<SocketQuery>, counts = false) {
    const own = parseOwnAnswer(
      answer({ sockets: [hidden(1), hidden(2), known], warnings: [warning] }),
    );
    const sink = warningSink();
    const seven: string[] = [];
    const onHidden = (warningFor: (sockets: number) => { message: string }) =>
      void seven.push(warningFor(7).message);
    const owners = { depth: 'all', details: true, ...(counts && { onHidden }) } as const;
    if (own !== null) await collect(ownRows(own, { ...query, owners, ...asked }, sink));
    return { warnings: sink.warnings.map(({ message }) => message), seven };
  }
  const of = (sockets: string) => `the owners of ${sockets} could not be determined: hidepid`;

  it.each<[string, Partial<SocketQuery>, string[]]>([
    ['all rows', {}, [of('2 sockets')]],
    ['one row', { keep: ({ inode }) => inode === 1 }, [of('1 socket')]],
    ['a row whose owner is known', { keep: ({ inode }) => inode === 9 }, []],
    ['no owners', { owners: null }, [warning.message]],
  ])('are counted among the rows that are asked for: %s', async (_, asked, warnings) => {
    expect(await warned(asked)).toEqual({ warnings, seven: [] });
  });

  it('are left to who counts them', async () => {
    expect(await warned({}, true)).toEqual({ warnings: [], seven: [of('7 sockets')] });
  });
});
