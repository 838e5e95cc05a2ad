import { describe, expect, it } from 'vitest';
import { list } from '../../../src/commands/list/list.ts';
import { NetstatError } from '../../../src/errors.ts';
import type { Warning } from '../../../src/model/report/snapshot.ts';
import type { Wait } from '../../../src/model/request/listing.ts';
import { allNumeric as numeric } from '../../../src/model/request/view.ts';
import { inet } from '../../support/builders.ts';
import { fakeHost } from '../../support/fake-host.ts';
import { fakeMachines, refused } from '../../support/fake-machines.ts';
import { type FakeReading, fakeSource } from '../../support/fake-source.ts';
import { type Asked, filtering, listingWith } from '../../support/listing.ts';

const there: Wait = { for: 'there', timeout: 1000, every: 400 };
const gone: Wait = { ...there, for: 'gone' };

const ssh = { batches: [[inet('192.0.2.1:22', '0.0.0.0')]] };
const nothing = {};
const denied: Warning = { code: 'forbidden', message: 'no tcp6', source: '/proc/net/tcp6' };
const unseen = { warnings: [denied] };
const lacking = { warnings: [{ code: 'absent', message: 'no sctp', source: '/proc/net/sctp' }] };

/** A clock that only sleeping moves, and what was slept. */
function clock() {
  const slept: number[] = [];
  let now = 5000;
  return {
    slept,
    elapsed: () => now,
    sleep: async (milliseconds: number) => {
      if (slept.length > 20) throw new Error('sleeps for ever');
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
}

/** A listing that waits, over readings of which the last goes on. */
async function run(wait: Wait, asked: Partial<Asked>, ...readings: FakeReading[]) {
  const { slept, ...time } = clock();
  const { host, written } = fakeHost(time);
  const listing = listingWith({ protocols: ['tcp'], which: 'all', numeric, wait, ...asked });
  const last = readings.at(-1) as FakeReading;
  const all = [...readings, ...new Array<FakeReading>(20).fill(last)];
  const end = await list(listing, host, async () => fakeSource(...all)).catch(
    (error) => error as Error,
  );
  return { ...written, end, slept };
}

describe('--wait and --wait-gone with -q', () => {
  it.each<[string, Wait, FakeReading[], number, readonly number[], string]>([
    ['there at once', there, [ssh], 0, [], ''],
    ['there later', there, [nothing, nothing, ssh], 0, [400, 400], ''],
    ['there at the last look', there, [nothing, nothing, nothing, ssh], 0, [400, 400, 200], ''],
    ['not in time', there, [nothing], 1, [400, 400, 200], ''],
    ['no time at all', { ...there, timeout: 0 }, [nothing, ssh], 1, [], ''],
    ['for ever', { ...there, timeout: null }, [nothing, nothing, ssh], 0, [400, 400], ''],
    ['a table that the kernel lacks', there, [lacking as FakeReading], 1, [400, 400, 200], ''],
    ['unseen until the end', there, [unseen], 2, [400, 400, 200], 'tsnetstat: no tcp6\n'],
    ['unseen at first', there, [unseen, ssh], 0, [400], ''],
    [
      'unseen, for ever: reported once',
      { ...there, timeout: null },
      [unseen, unseen, ssh],
      0,
      [400, 400],
      'tsnetstat: warning: no tcp6\n',
    ],
    ['gone at once', gone, [nothing], 0, [], ''],
    ['gone later', gone, [ssh, ssh, nothing], 0, [400, 400], ''],
    ['gone from a table that is lacking', gone, [lacking as FakeReading], 0, [], ''],
    ['not gone in time', gone, [ssh], 1, [400, 400, 200], ''],
    ['perhaps gone', gone, [ssh, unseen], 2, [400], 'tsnetstat: no tcp6\n'],
    ['not gone, and others unseen', gone, [{ ...ssh, ...unseen }], 1, [400, 400, 200], ''],
  ])('%s', async (_, wait, readings, code, sleeps, message) => {
    const { stdout, stderr, end, slept } = await run(wait, { quiet: true }, ...readings);
    expect([end, slept, stdout, stderr]).toEqual([code, sleeps, '', message]);
  });

  it.each([
    ['proto = tcp', 2],
    ['proto = tcp and not dst = inet:', 2],
    ['proto = udp', 0],
    ['proto = tcp and dst = inet:', 0],
  ])('an expression rules out what is in a table that is unseen: %s', async (text, code) => {
    const tables = [{ protocol: 'tcp', family: 'inet6' }] as const;
    const reading = { warnings: [{ ...denied, tables }] };
    const protocols = ['tcp', 'udp'] as const;
    const asked = { protocols, ...filtering({ expression: [text] }) };
    for (const how of [{ quiet: true }, {}]) {
      expect((await run(gone, { ...how, ...asked }, reading)).end).toBe(code);
    }
    expect((await run(there, { quiet: true, wait: null, ...asked }, reading)).end).toBe(code || 1);
    expect((await run(there, { pids: true, ...asked }, reading)).end).toBe(code || 1);
  });
});

describe('--wait-gone in a network namespace that goes away', () => {
  const netns = { inode: 4026532001, name: 'web', own: false };
  const there = { batches: [[inet('127.0.0.1:9090', '0.0.0.0', { netns })]] };
  const noName = {
    failure: new NetstatError('usage', '--netns web: there is no such name', { about: 'netns' }),
  };

  /** Looks at `web` by its name, and at what is there by its number. */
  async function wait(numbered: readonly FakeReading[], quiet: boolean, named = [there]) {
    const { host, written } = fakeHost(clock());
    const listing = listingWith({
      ...{ protocols: ['tcp'], which: 'all', wait: gone, quiet },
      ...{ format: 'csv', columns: ['lport'], netns: { name: 'web' } },
    });
    const end = await list(listing, host, async ({ netns }) => {
      const isNamed = typeof netns === 'object' && netns.name === 'web';
      const ended = new Array<FakeReading>(10).fill(noName);
      return fakeSource(...(isNamed ? named : numbered), ...ended);
    }).catch((error) => error as Error);
    return { ...written, end };
  }

  it.each([true, false])('is over, with -q: %s', async (quiet) => {
    const { end, stdout, stderr } = await wait([], quiet);
    expect([end, stdout, stderr]).toEqual([0, quiet ? '' : 'lport\r\n', '']);
  });

  it.each([true, false])('goes on while it is there by its number, with -q: %s', async (quiet) => {
    expect((await wait([there, there], quiet)).end).toBe(0);
    expect((await wait(new Array(10).fill(there), quiet)).end).toBe(1);
  });

  it('is a mistake where there was none', async () => {
    expect((await wait([], true, [])).end).toMatchObject({ code: 'usage' });
  });
});

describe('machines that do not answer', () => {
  const web1 = { failure: refused('web1') };
  const web2 = { failure: refused('web2') };
  const elsewhere = { failure: new NetstatError('unsupported', 'web1: this is no Linux') };

  /** Waits for SSH on machines of which the last answer goes on. */
  async function wait(asked: Partial<Asked>, machines: Record<string, readonly FakeReading[]>) {
    const { slept, ...time } = clock();
    const { host, written } = fakeHost(time);
    const all = Object.entries(machines).map(([name, answers]) => {
      const last = answers.at(-1) as FakeReading;
      return [name, [...answers, ...new Array<FakeReading>(20).fill(last)]] as const;
    });
    const listing = listingWith({
      ...{ protocols: ['tcp'], which: 'all', format: 'csv', columns: ['host', 'lport'] },
      ...asked,
    });
    const source = fakeMachines(Object.fromEntries(all));
    const end = await list(listing, host, async () => source).catch((error) => error as Error);
    return { ...written, end, slept };
  }
  const forThem = { ...there, timeout: 3000 };
  const [said1, said2] = ['web1', 'web2'].map(
    (name) => `${name}: ssh: connect to host ${name}: refused`,
  );

  it.each<[string, Partial<Asked>, number, readonly number[], string, string]>([
    ['one that starts', { wait: forThem }, 0, [1000, 1000], 'host,lport\r\nweb1,22\r\n', ''],
    [
      'for ever',
      { wait: { ...there, timeout: null } },
      ...([0, [1000, 1000], 'host,lport\r\nweb1,22\r\n'] as const),
      `tsnetstat: warning: ${said1}\n`,
    ],
    ['with -q', { wait: forThem, quiet: true }, 0, [1000, 1000], '', ''],
    [
      'with a longer interval',
      { wait: { ...forThem, every: 1200 }, quiet: true },
      ...([0, [1200, 1200], '', ''] as const),
    ],
    [
      'not in time',
      { wait: { ...there, timeout: 1500 } },
      2,
      [1000, 500],
      '',
      `tsnetstat: ${said1}\n`,
    ],
  ])('are asked until they do: %s', async (_, asked, code, sleeps, stdout, stderr) => {
    const answers = code === 0 ? [web1, web1, ssh] : [web1];
    expect(await wait(asked, { web1: answers })).toEqual({
      ...{ end: code, slept: sleeps, stdout, stderr },
    });
  });

  it('all of several: the last message of each is reported at the end', async () => {
    const { end, stderr } = await wait(
      { wait: there, quiet: true },
      { web1: [web1], web2: [web2] },
    );
    expect([end, stderr]).toEqual([
      2,
      `tsnetstat: ${said1}\ntsnetstat: ${said2}\ntsnetstat: none of 2 machines answered\n`,
    ]);
    const later = await wait({ wait: forThem, quiet: true }, { web1: [web1], web2: [web2, ssh] });
    expect([later.end, later.slept, later.stderr]).toEqual([0, [1000], '']);
  });

  it.each<[string, Wait, FakeReading]>([
    ['nothing to wait for where asking again cannot help', there, elsewhere],
    ['not known whether something is gone there', gone, web1],
  ])('%s', async (_, how, answer) => {
    const { end, slept } = await wait({ wait: how, quiet: true }, { web1: [answer] });
    expect([end, slept]).toEqual([expect.any(NetstatError), []]);
  });
});

describe('owners that are unseen', () => {
  const denied: Warning = { code: 'owners-denied', message: '3 owners', source: '/proc' };
  const ownersUnseen = { warnings: [denied] };
  const byProgram = filtering({ program: ['sshd'] });
  const byPort = filtering({ port: ['22'] });

  it.each([
    ['hide sockets from who chooses by them', byProgram, gone, 2],
    ['hide them until the end', byProgram, there, 2],
    ['hide none where a port is asked for', byPort, gone, 0],
    ['nor where it is waited for', byPort, there, 1],
  ] as const)('%s', async (_, asked, wait, code) => {
    for (const quiet of [true, false]) {
      const { end } = await run(wait, { quiet, ...asked }, ownersUnseen);
      expect(end).toBe(code);
    }
  });
});

describe('--wait and --wait-gone that show the listing', () => {
  const csv = { format: 'csv', columns: ['lport'] } as const;

  it('shows the rows that ended the waiting, once', async () => {
    const { stdout, stderr, end, slept } = await run(there, csv, nothing, ssh);
    expect([stdout, stderr, end, slept]).toEqual(['lport\r\n22\r\n', '', 0, [400]]);
  });

  it('shows them sorted, with what is missing beside them', async () => {
    const two = inet('192.0.2.1:21', '0.0.0.0');
    const reading = { batches: [...ssh.batches, [two]], ...unseen };
    const { stdout, stderr, end } = await run(there, { ...csv, sort: ['lport'] }, reading);
    expect([stdout, end]).toEqual(['lport\r\n21\r\n22\r\n', 0]);
    expect(stderr).toBe('tsnetstat: warning: no tcp6\n');
  });

  it('shows an empty document for what is gone', async () => {
    const { stdout, end } = await run(gone, { format: 'json' }, ssh, nothing);
    expect([JSON.parse(stdout).sockets, end]).toEqual([[], 0]);
  });

  it.each([
    [there, nothing, 'tsnetstat: nothing matched within 1 s\n', 1],
    [gone, ssh, 'tsnetstat: still there after 1 s\n', 1],
    [there, unseen, 'tsnetstat: no tcp6\n', 2],
    [gone, unseen, 'tsnetstat: no tcp6\n', 2],
  ])('shows nothing where it is not as wanted: %j', async (wait, reading, message, code) => {
    const { stdout, stderr, end } = await run(wait, {}, reading);
    expect([stdout, stderr, end]).toEqual(['', message, code]);
  });

  it('ends where nothing can be read', async () => {
    const failure = new NetstatError('unreadable', '/proc/net/tcp: input/output error');
    const { stdout, end } = await run(there, {}, nothing, { failure });
    expect([stdout, end]).toEqual(['', failure]);
  });
});
