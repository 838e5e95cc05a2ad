import { describe, expect, it } from 'vitest';
import { list } from '../../../src/commands/list/list.ts';
import { NetstatError } from '../../../src/errors.ts';
import type { Counter } from '../../../src/model/machine/counter.ts';
import type { Warning } from '../../../src/model/report/snapshot.ts';
import type { MachinesAsked } from '../../../src/model/request/listing.ts';
import type { FilterOptions } from '../../../src/model/request/query.ts';
import { allNumeric as numeric } from '../../../src/model/request/view.ts';
import { counter, inet, owner } from '../../support/builders.ts';
import { fakeHost, slowly } from '../../support/fake-host.ts';
import {
  answering,
  type FakeMachines,
  fakeMachines,
  refused,
} from '../../support/fake-machines.ts';
import { type FakeReading, fakeSource } from '../../support/fake-source.ts';
import { type Asked, filtering, listingWith } from '../../support/listing.ts';

const usual: Partial<Asked> = { protocols: ['tcp'], which: 'all', numeric };
const ssh = inet('192.0.2.1:22', '0.0.0.0');
const web = inet('192.0.2.1:443', '198.51.100.7:40000', { family: 'inet' });

/** What a listing writes, how it ends, and how often it slept; after the last reading it is interrupted. */
async function run(asked: Partial<Asked>, ...readings: FakeReading[]) {
  const slept: number[] = [];
  const { host, written } = fakeHost({
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      if (slept.length === readings.length) throw new Error('interrupted');
    },
  });
  const listing = listingWith({ ...usual, ...asked });
  const end = await list(listing, host, async () => fakeSource(...readings)).catch(
    (error) => error as Error,
  );
  return { ...written, end, slept };
}

const lost = new NetstatError('unreadable', '/proc/net/tcp: input/output error', {
  path: '/proc/net/tcp',
});
const warning = (message: string, code: Warning['code'] = 'malformed'): Warning => {
  return { code, message, source: `/proc/net/${message}` };
};

describe('the time of a round', () => {
  const line = /^--- \d\d:\d\d:\d\d ---$/gm;

  it.each([
    ['netstat', true, 1000, 2],
    ['table', true, 1000, 2],
    ['json', true, 1000, 0],
    ['csv', true, 1000, 0],
    ['netstat', false, 1000, 0],
    ['table', false, 1000, 0],
    ['netstat', true, null, 0],
  ] as const)(
    '%s, on a terminal: %s, every %s ms: %i lines',
    async (format, isTerminal, interval, lines) => {
      const { host, written } = fakeHost({
        env: { NO_COLOR: '1' },
        sleep: async () => {
          if (slept++ > 0) throw new Error('interrupted');
        },
      });
      let slept = 0;
      const listing = listingWith({ ...usual, format, interval });
      const readings = [{ batches: [[ssh]] }, { batches: [[ssh]] }];
      const on = { ...host, stdout: { ...host.stdout, isTerminal } };
      await list(listing, on, async () => fakeSource(...readings)).catch(() => {});
      expect(written.stdout.match(line) ?? []).toHaveLength(lines);
      if (lines > 0) expect(written.stdout).toMatch(/^--- /);
    },
  );
});

describe('a slow reader', () => {
  it.each(['netstat', 'table', 'json', 'ndjson', 'csv'] as const)(
    'on a terminal, -c waits for it after each write: %s',
    async (format) => {
      let slept = 0;
      const { host, written } = fakeHost({
        sleep: async () => {
          if (slept++ > 0) throw new Error('interrupted');
        },
      });
      const listing = listingWith({ ...usual, format, interval: 1000 });
      const rows = { batches: [[ssh], [web]] };
      const on = { ...host, stdout: slowly({ ...host.stdout, isTerminal: true }) };
      const end = list(listing, on, async () => fakeSource(rows, rows));
      await expect(end).rejects.toThrow('interrupted');
      expect(written.stdout).toContain('443');
    },
  );
});

describe('one round', () => {
  it('writes the rows and ends well', async () => {
    const { stdout, stderr, end, slept } = await run({}, { batches: [[ssh], [web]] });
    expect(stdout.split('\n').map((line) => line.slice(0, 44).trimEnd())).toEqual([
      'Active Internet connections (servers and est',
      'Proto Recv-Q Send-Q Local Address',
      'tcp        0      0 192.0.2.1:22',
      'tcp        0      0 192.0.2.1:443',
      '',
    ]);
    expect([stderr, end, slept]).toEqual(['', 0, []]);
  });

  it('prints nothing where nothing can be read', async () => {
    const { stdout, end } = await run({}, { failure: lost });
    expect([stdout, end]).toEqual(['', lost]);
  });

  it.each(['json', 'table'] as const)(
    'ends the %s document properly where reading fails behind some rows',
    async (format) => {
      const { stdout, end } = await run({ format }, { batches: [[ssh]], failure: lost });
      expect(end).toBe(lost);
      if (format === 'table') expect(stdout).toMatch(/192\.0\.2\.1:22[\s\S]*└.*┘\n$/);
      else {
        const { sockets, warnings } = JSON.parse(stdout);
        expect(sockets).toHaveLength(1);
        expect(warnings).toEqual([
          { code: 'unreadable', message: lost.message, source: '/proc/net/tcp' },
        ]);
      }
    },
  );

  it('does not add a failure to a document if a warning about the same file is in it', async () => {
    const told: Warning = { code: 'unreadable', message: 'tcp: ends early', source: lost.path };
    const reading = { batches: [[ssh]], warnings: [told], failure: lost };
    const { stdout, end } = await run({ format: 'json' }, reading);
    expect([JSON.parse(stdout).warnings, end]).toEqual([[told], lost]);
  });

  it('sorts what there is, also where reading fails behind it', async () => {
    const { stdout, end } = await run(
      { sort: ['-lport'], format: 'csv', columns: ['lport'] },
      { batches: [[ssh], [web]], failure: lost },
    );
    expect([stdout, end]).toEqual(['lport\r\n443\r\n22\r\n', lost]);
  });

  it.each<[string, Partial<Asked>, RegExp]>([
    ['a column', { columns: ['colour'] }, /^--columns: sockets have no column 'colour'/],
    ['a sort key', { sort: ['colour'] }, /^--sort: sockets have no key 'colour'/],
    ['a report', { report: 'groups' }, /^groups: not supported on Linux$/],
    ['a fact', { withNetns: true, netns: 'all' }, /^netns: a captured \/proc /],
  ])('refuses %s that there is not, before anything is read', async (_, asked, message) => {
    const { stdout, stderr, end } = await run(asked, { batches: [[ssh]] });
    expect([stdout, stderr]).toEqual(['', '']);
    expect((end as Error).message).toMatch(message);
  });
});

describe('a round that a system call broke off', () => {
  const brokenOff = new NetstatError('unreadable', lost.message, {
    ...{ path: '/proc/net/tcp', cause: Object.assign(new Error('EIO'), { code: 'EIO' }) },
  });
  const broken = { batches: [[ssh]], failure: brokenOff };
  const whole = { batches: [[ssh], [web]] };
  const lines = (text: string) => text.match(/192\.0\.2\.1:\d+/g);

  it('is followed by others, and said once', async () => {
    const { stdout, stderr, end } = await run({ interval: 1 }, whole, broken, broken, whole);
    expect((end as Error).message).toBe('interrupted');
    expect(stderr).toBe(`tsnetstat: warning: ${lost.message}\n`);
    expect(lines(stdout)).toHaveLength(2 + 1 + 1 + 2);
  });

  it('has the rows that were read, in NDJSON too', async () => {
    const { stdout } = await run({ interval: 1, format: 'ndjson' }, whole, broken, whole);
    expect(lines(stdout.replaceAll('","port":', ':'))).toHaveLength(2 + 1 + 2);
  });

  it('ends all if it is the first, or the only one', async () => {
    expect((await run({ interval: 1 }, broken, whole)).end).toBe(brokenOff);
    const { end, stderr } = await run({}, broken);
    expect([end, stderr]).toEqual([brokenOff, '']);
  });
});

describe('warnings', () => {
  it('are printed after the rows, and absent tables with -v only', async () => {
    const warnings = [warning('tcp'), warning('tcp6', 'absent')];
    const quietly = await run({}, { batches: [[ssh]], warnings });
    expect(quietly.stderr).toBe('tsnetstat: warning: tcp\n');
    const verbosely = await run({ verbose: true }, { batches: [[ssh]], warnings });
    expect(verbosely.stderr).toBe('tsnetstat: warning: tcp\ntsnetstat: warning: tcp6\n');
  });

  it('are printed once, however many rounds they recur in', async () => {
    const round = { batches: [[ssh]], warnings: [warning('tcp')] };
    const later = { batches: [[ssh]], warnings: [warning('tcp'), warning('udp')] };
    const { stderr } = await run({ interval: 1 }, round, round, later);
    expect(stderr).toBe('tsnetstat: warning: tcp\ntsnetstat: warning: udp\n');
  });

  it('are printed for a reading that failed, but the failure itself only as an error', async () => {
    const warnings = [warning('udp'), { ...warning('x'), message: lost.message }];
    const { stderr, end } = await run({}, { warnings, failure: lost });
    expect([stderr, end]).toEqual(['tsnetstat: warning: udp\n', lost]);
  });
});

describe('servers that netstat leaves out', () => {
  const node = inet('127.0.0.1:3000', '0.0.0.0', { owners: [owner(20, 'node')] });
  const nginx = inet('192.0.2.1:443', '0.0.0.0', { owners: [owner(10, 'nginx')] });
  const filters = (some: Partial<FilterOptions>) => ({
    ...filtering(some),
    which: 'connected' as const,
  });
  const said = (what: string) =>
    `tsnetstat: ${what} not listed; -l lists servers, -a all sockets\n`;

  it.each<[string, Partial<Asked>, string]>([
    ['one', filters({ port: ['3000'] }), said('1 matching server is')],
    ['several', filters({ local: ['0.0.0.0/0'] }), said('3 matching servers are')],
    ['one of a program', filters({ program: ['nginx'] }), said('1 matching server is')],
    [
      'one that an expression chooses',
      filters({ expression: ['sport', '=', '22'] }),
      said('1 matching server is'),
    ],
    [
      'sorted rows',
      { ...filters({ port: ['22'] }), sort: ['lport'] },
      said('1 matching server is'),
    ],
    ['none that fits', filters({ port: ['9'] }), ''],
    ['no filter', filters({}), ''],
    ['-a', { ...filters({ port: ['3000'] }), which: 'all' }, ''],
    ['-l', { ...filters({ remote: ['198.51.100.7'] }), which: 'listening' }, ''],
    ['a state', filters({ state: ['established'], port: ['3000'] }), ''],
  ])('are counted on standard error alone: %s', async (_, asked, message) => {
    const reading = {
      batches: [
        [ssh, node],
        [web, nginx],
      ],
    };
    const { stdout, stderr, end } = await run(asked, reading);
    expect([stderr, end]).toEqual([message, 0]);
    if (asked.which === 'connected') expect(stdout).not.toMatch(/ LISTEN /);
  });

  it('are reported once, in the first round that leaves some out', async () => {
    const rounds = [[web], [ssh], [ssh, ssh]].map((batch) => ({ batches: [batch] }));
    const { stderr } = await run({ ...filters({ port: ['22'] }), interval: 1 }, ...rounds);
    expect(stderr).toBe(said('1 matching server is'));
  });
});

describe('counters that are all 0', () => {
  const zeros = [counter('Udp', 'InDatagrams', 0), counter('Udp', 'NoPorts', 0)];
  const some = [counter('Udp', 'InDatagrams', 7), counter('Udp', 'NoPorts', 0)];
  const said = 'tsnetstat: every counter is 0 (-a shows them)\n';

  it.each<[string, Partial<Asked>, readonly Counter[], string]>([
    ['a table of none', { format: 'table' }, zeros, said],
    ['columns of none', { columns: ['name', 'value'] }, zeros, said],
    ['a table of some', { format: 'table' }, some, ''],
    ['columns of all', { columns: ['name', 'value'], which: 'all' }, zeros, ''],
    ["netstat's layout, which says so itself", {}, zeros, ''],
    ['csv, which has them', { format: 'csv' }, zeros, ''],
    ['no counters', { format: 'table' }, [], ''],
  ])('are told where none of them is shown: %s', async (_, asked, statistics, message) => {
    const { stderr, end } = await run(
      { report: 'statistics', which: 'connected', protocols: ['udp'], ...asked },
      { statistics },
    );
    expect([stderr, end]).toEqual([message, 0]);
  });
});

describe('-c', () => {
  it('goes on until it is interrupted, and has one header of CSV', async () => {
    const { stdout, end, slept } = await run(
      { interval: 1500, format: 'csv', columns: ['lport'] },
      { batches: [[ssh]] },
      { batches: [[web]] },
    );
    expect(stdout).toBe('lport\r\n22\r\n443\r\n');
    expect(end).toEqual(new Error('interrupted'));
    expect(slept).toEqual([1500, 1500]);
  });
});

describe('-c of other machines', () => {
  const down = (name: string): FakeReading => ({ failure: refused(name) });
  const rounds = 8;
  const inRounds = async (machines: FakeMachines, asked: Partial<MachinesAsked> = {}) => {
    let left = rounds;
    const { host, written } = fakeHost({
      sleep: async () => {
        left--;
        if (left === 0) throw new Error('interrupted');
      },
    });
    const listing = listingWith({ ...usual, interval: 1000, format: 'csv', columns: ['lport'] });
    const end = list(listing, host, async () => fakeMachines(machines, asked));
    return { end: await end.catch((error: Error) => error.message), ...written };
  };
  const up = answering(ssh);

  it.each<[string, FakeMachines, readonly string[]]>([
    ['one', { a: [up, down('a'), up, ...Array(rounds).fill(down('a'))] }, ['a', 'a']],
    [
      'two',
      { a: [up, ...Array(rounds).fill(down('a'))], b: [up, ...Array(rounds).fill(down('b'))] },
      ['a', 'b'],
    ],
  ])('goes on while none of %s answers, and says so once', async (_, machines, said) => {
    const { end, stderr } = await inRounds(machines);
    const warnings = said.map(
      (a) => `tsnetstat: warning: ${a}: ssh: connect to host ${a}: refused`,
    );
    expect([end, stderr]).toEqual(['interrupted', `${warnings.join('\n')}\n`]);
  });

  it('shows those that answer again', async () => {
    const { stdout } = await inRounds({ a: [up, down('a'), up, down('a'), up] });
    expect(stdout.match(/^22\b/gm)).toHaveLength(3);
  });

  it.each<[string, FakeMachines, Partial<MachinesAsked>, string]>([
    ['none answers first', { a: [down('a'), up] }, {}, 'a: ssh: connect to host a: refused'],
    [
      'each must answer',
      { a: [up, down('a')], b: [up, up] },
      { strict: true },
      '--strict: 1 of 2 machines did not answer: a',
    ],
  ])('ends if %s', async (_, machines, asked, message) => {
    expect(await inRounds(machines, asked)).toMatchObject({ end: message });
  });
});

describe('-q', () => {
  it.each<[string, FakeReading, number, string]>([
    ['0 where there is a row', { batches: [[], [ssh]], failure: lost }, 0, ''],
    ['1 where there is none', { batches: [[]] }, 1, ''],
    [
      '1 where a table that the kernel lacks had none',
      { warnings: [warning('sctp', 'absent')] },
      1,
      '',
    ],
    ['2 where some could not be seen', { warnings: [warning('tcp')] }, 2, 'tsnetstat: tcp\n'],
  ])('answers %s', async (_, reading, code, message) => {
    const { stdout, stderr, end } = await run({ quiet: true }, reading);
    expect([stdout, stderr, end]).toEqual(['', message, code]);
  });
});

describe('--quiet of several machines', () => {
  const quietly = async (machines: FakeMachines) => {
    const { host, written } = fakeHost();
    const listing = listingWith({ ...usual, quiet: true, machineNames: Object.keys(machines) });
    const code = await list(listing, host, async () => fakeMachines(machines));
    return { code, stderr: written.stderr };
  };
  const bad = [{ failure: refused('bad') }];

  it.each<[string, FakeMachines, number, string]>([
    ['one of them has it, whoever else fails', { bad, a: [answering(ssh)] }, 0, ''],
    ['none of them has it', { a: [{}], b: [{}] }, 1, ''],
    [
      'none has it, as far as they answer',
      { a: [{}], bad },
      2,
      'tsnetstat: bad: ssh: connect to host bad: refused\n',
    ],
  ])('%s', async (_, machines, code, stderr) => {
    expect(await quietly(machines)).toEqual({ code, stderr });
  });

  it('if none answers, the reason of each is reported', async () => {
    const { host, written } = fakeHost();
    const listing = listingWith({ ...usual, quiet: true, machineNames: ['bad', 'worse'] });
    const worse = [{ failure: refused('worse') }];
    const asked = list(listing, host, async () => fakeMachines({ bad, worse }));
    await expect(asked).rejects.toThrow('none of 2 machines answered');
    expect(written.stderr.split('\n')).toEqual([
      'tsnetstat: warning: bad: ssh: connect to host bad: refused',
      'tsnetstat: warning: worse: ssh: connect to host worse: refused',
      '',
    ]);
  });
});
