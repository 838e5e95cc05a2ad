import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { follow } from '../../src/commands/follow.ts';
import { NetstatError } from '../../src/errors.ts';
import type { Host } from '../../src/host.ts';
import { type EventFormat, allNumeric as numeric } from '../../src/model/request/view.ts';
import { longestCommandLine } from '../../src/model/socket/owner.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import type { Closings, Source } from '../../src/sources/source.ts';
import { inet, owner } from '../support/builders.ts';
import { fakeHost, slowly } from '../support/fake-host.ts';
import { type FakeReading, watchedSource } from '../support/fake-source.ts';
import { type Asked, listingWith } from '../support/listing.ts';

const server = inet('192.0.2.1:443', '0.0.0.0');
const connection = inet('192.0.2.1:443', '198.51.100.7:40000', { inode: 9 });
interface Run {
  readonly readings: readonly FakeReading[];
  readonly asked?: Partial<Asked>;
  /** Of the signal that comes with the reading behind the last; null: none does. */
  readonly code?: number | null;
  readonly isTerminal?: boolean;
  readonly closings?: Closings;
  /** Changes standard output. */
  readonly output?: (output: Host['stdout']) => Host['stdout'];
}

/** What is written until a signal comes. */
async function run({
  readings,
  asked = {},
  code = 130,
  isTerminal = false,
  closings,
  output = (same) => same,
}: Run) {
  let tell: (code: number) => void = () => {};
  let read = 0;
  const { host, written } = fakeHost({
    sleep: (milliseconds) => sleep(milliseconds),
    ended: () =>
      new Promise((resolve) => {
        tell = resolve;
      }),
  });
  const [stdout, stderr] = [output(host.stdout), { ...host.stderr, isTerminal }];
  const fake = watchedSource(
    () => {
      if (++read > readings.length && code !== null) tell(code);
    },
    ...readings,
    readings.at(-1) ?? {},
  );
  const source: Source =
    closings === undefined ? fake : { ...fake, closings: async () => closings };
  const { view, schedule, ...listing } = listingWith({
    ...{ protocols: ['tcp'], which: 'all', numeric },
    ...asked,
  });
  const format = view.format as EventFormat;
  const task = {
    listing: { ...listing, view: { ...view, format }, schedule: { ...schedule, interval: 5 } },
  };
  const end = await follow(task, { ...host, stdout, stderr }, async () => source).catch(
    (error) => error as Error,
  );
  return { ...written, end };
}

const rows = (...sockets: Socket[]): FakeReading => ({ batches: [sockets] });

describe('--follow', () => {
  it.each([130, 143])(
    'ends with the code of the signal, %i, and prints what happened',
    async (code) => {
      const { stdout, stderr, end } = await run({
        ...{ readings: [rows(server), rows(server, connection), rows(server)], code },
      });
      expect(end).toBe(code);
      const lines = stdout.split('\n').map((line) => line.replace(/^[\d:.]+ /, ''));
      expect(lines[0]).toMatch(/^Time +Event +Proto/);
      expect(lines[1]).toMatch(/^opened tcp .* 198\.51\.100\.7:40000 +ESTABLISHED$/);
      expect(lines[2]).toMatch(/^closed tcp .* ESTABLISHED seen=0\.000s by=round$/);
      expect(lines).toHaveLength(4);
      expect(stderr).toBe('tsnetstat: followed for 0.0 s: 1 opened, 1 closed, 0 changed\n');
    },
  );

  it('prints on a terminal how many are followed, and how to end it', async () => {
    const { stderr } = await run({ readings: [rows(server, connection)], isTerminal: true });
    expect(stderr.split('\n')[0]).toBe(
      'tsnetstat: 2 sockets are followed; changes are printed. Ctrl-C ends it',
    );
  });

  it('has its header written as soon as there is room, though nothing happens', async () => {
    let awaited: string[] = [];
    const { stdout } = await run({
      readings: [rows(server)],
      output: (same) => {
        let pending = '';
        return {
          ...same,
          write: (text) => {
            pending += text;
          },
          drained: async () => {
            awaited = [...awaited, pending];
            same.write(pending);
            pending = '';
          },
        };
      },
    });
    expect(awaited).toHaveLength(1);
    expect(stdout).toMatch(/^Time +Event +Proto .*\n$/);
  });

  it('reports on standard error what is missing, once, and in ndjson as an event too', async () => {
    const warning = { code: 'malformed', message: 'a line', source: '/proc/net/tcp' } as const;
    const readings = [{ warnings: [warning] }, { warnings: [warning] }, { warnings: [warning] }];
    const people = await run({ readings });
    expect(people.stderr.split('\n').filter((line) => line.includes('a line'))).toEqual([
      'tsnetstat: warning: a line',
    ]);
    expect(people.stdout.split('\n')).toHaveLength(2);
    const { stdout } = await run({ readings, asked: { format: 'ndjson' } });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ event: 'warning', warning }]);
  });

  it('reports each time that closes were lost, and how many at the end', async () => {
    let takes = 0;
    const closings: Closings = {
      reportsClose: () => true,
      ready: () => new Promise(() => {}),
      take: () => ({ closings: [], overruns: takes++ === 0 ? 2 : 0 }),
      renew: async () => {},
      finish: async () => {},
      close: () => {},
    };
    const { stderr } = await run({ readings: [rows(), rows()], closings });
    expect(stderr).toContain('tsnetstat: warning: the kernel reported closed sockets faster than');
    expect(stderr).toMatch(/: 0 opened, 0 closed, 0 changed, closes were lost 2 times\n$/);
  });

  it.each([
    ['json', { format: 'json' }],
    ['ndjson', { format: 'ndjson' }],
  ] as const)('%s has no header, and an object a line', async (_, asked) => {
    const { stdout } = await run({ readings: [rows(), rows(connection)], asked });
    expect(JSON.parse(stdout)).toMatchObject({ event: 'opened', report: 'events' });
  });

  it.each(['ndjson', 'csv'] as const)(
    'long command lines are bounded in each round by itself: %s',
    async (format) => {
      const owners = [owner(7, 'x', { commandLine: 'x'.repeat(longestCommandLine) })];
      const many = (from: number) =>
        Array.from({ length: 300 }, (_, i) =>
          inet(`192.0.2.1:${from + i}`, '0.0.0.0', { inode: from + i, owners }),
        );
      const [first, second] = [many(1000), many(2000)];
      const pieces: number[] = [];
      const { stdout } = await run({
        readings: [rows(server), rows(server, ...first), rows(server, ...first, ...second)],
        asked: { format, programs: true },
        output: (output) => ({
          ...output,
          write(text) {
            pieces.push(text.length);
            output.write(text);
          },
        }),
      });
      const whole = stdout.split('\n').filter((line) => line.length > longestCommandLine).length;
      expect(whole).toBe(2 * 256);
      expect(Math.max(...pieces)).toBeLessThan(512 * 1024);
    },
  );

  it('-H leaves out the names of the columns', async () => {
    for (const format of ['netstat', 'csv'] as const) {
      const { stdout } = await run({
        ...{ readings: [rows(), rows(connection)], asked: { header: false, format } },
      });
      expect(stdout.trim().split('\n')).toHaveLength(1);
    }
  });

  it('ends when something cannot be read, after the events so far', async () => {
    const failure = new NetstatError('unreadable', '/proc/net/tcp: EIO');
    const { end, stderr } = await run({
      ...{ readings: [rows(), rows(connection), { failure }], code: null },
    });
    expect(end).toBe(failure);
    expect(stderr).toMatch(/1 opened, 0 closed/);
  });

  it('reports a mistake before anything is read or written', async () => {
    const { end, stdout } = await run({ readings: [], asked: { columns: ['nothing'] } });
    expect((end as Error).message).toContain("--columns: sockets have no column 'nothing'");
    expect(stdout).toBe('');
  });

  it('waits for a slow reader after the header and after each line', async () => {
    const readings = [rows(), rows(connection), rows(connection, server)];
    const { stdout, end } = await run({ readings, output: slowly });
    expect(end).toBe(130);
    expect(stdout).toMatch(/^Time .*\n.* opened .*\n.* opened .*\n$/);
  });

  it('a reader that never reads on does not keep a signal from ending it', async () => {
    const { host, written } = fakeHost({ sleep: async () => {} });
    const stdout = { ...host.stdout, drained: () => new Promise<void>(() => {}) };
    const source = watchedSource(() => {}, rows(), rows(connection), rows(connection));
    let tell: (code: number) => void = () => {};
    const ended = () =>
      new Promise<number>((resolve) => {
        tell = resolve;
      });
    const writing = { ...stdout, write: () => tell(143) };
    const { view, schedule, ...listing } = listingWith({
      protocols: ['tcp'],
      which: 'all',
      numeric,
    });
    const task = {
      listing: {
        ...listing,
        view: { ...view, header: false, format: 'ndjson' },
        schedule: { ...schedule, interval: 5 },
      },
    } as const;
    expect(await follow(task, { ...host, stdout: writing, ended }, async () => source)).toBe(143);
    expect(written.stderr).toMatch(
      /: 0 opened, .*, cut off at the end: the last events may be missing\n$/,
    );
  });
});
