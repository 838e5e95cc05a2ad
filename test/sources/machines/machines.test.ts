import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../../src/errors.ts';
import type { Warning } from '../../../src/model/report/snapshot.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { machinesSource } from '../../../src/sources/machines/machines.ts';
import { readingOf } from '../../../src/sources/reading.ts';
import type { Source, SourceQuery } from '../../../src/sources/source.ts';
import { inet } from '../../support/builders.ts';
import {
  answering,
  type FakeMachines,
  fakeMachines,
  refused,
} from '../../support/fake-machines.ts';
import { fakeSource, linuxFacts, watchedSource } from '../../support/fake-source.ts';
import { warningSink } from '../../support/source-answers.ts';

const query: SourceQuery<'sockets'> = {
  report: 'sockets',
  protocols: ['tcp'],
  families: ['inet'],
  owners: null,
  keep: () => true,
};

/** Everything that a source gives, and how it ends. */
async function read(source: Source, changes: Partial<SourceQuery<'sockets'>> = {}) {
  const notes: string[] = [];
  const rows: Socket[] = [];
  const sink = { ...warningSink(), note: (text: string) => notes.push(text) };
  let failure: string | null = null;
  let hasBegun = false;
  try {
    const reading = source.read({ ...query, ...changes }, sink);
    await reading.begun();
    hasBegun = true;
    for await (const batch of reading.batches) rows.push(...batch);
  } catch (error) {
    if (!(error instanceof NetstatError)) throw error;
    failure = error.message;
  }
  const places = rows.map((row) => `${row.host} ${row.protocol === 'unix' ? '' : row.local.port}`);
  return { places, warnings: sink.warnings, notes, failure, hasBegun };
}

const port = (number: number) => inet(`192.0.2.1:${number}`, '0.0.0.0');
const refusing = (name: string) => [{ failure: refused(name) }];
const failed = (name: string) => ({
  code: 'host-failed',
  message: `${name}: ssh: connect to host ${name}: refused`,
  source: name,
  host: name,
});

describe('a machine by itself', () => {
  it.each(['its own signal', 'that of all'])('is ended by %s', (which) => {
    const [own, all] = [new AbortController(), new AbortController()];
    const given: AbortSignal[] = [];
    const hosts = { names: ['a'], timeout: 1000, atOnce: 4, strict: false };
    const ask = (_: string, signal: AbortSignal) => {
      given.push(signal);
      return fakeSource();
    };
    const { machines } = machinesSource(hosts, ask, { signal: all.signal });
    machines?.all[0]?.open(own.signal);
    expect(given.at(-1)?.aborted).toBe(false);
    (which === 'that of all' ? all : own).abort();
    expect(given.at(-1)?.aborted).toBe(true);
  });
});

describe('several machines as one source', () => {
  const cases: readonly {
    readonly what: string;
    readonly machines: FakeMachines;
    readonly strict?: boolean;
    readonly places: readonly string[];
    readonly warnings?: readonly Warning[];
    readonly failure?: string;
    readonly hasBegun?: boolean;
  }[] = [
    {
      what: 'rows come machine by machine, in the order of the names',
      machines: { web2: [answering(port(80), port(81))], db: [answering(port(5432))] },
      places: ['web2 80', 'web2 81', 'db 5432'],
    },
    {
      what: 'a machine that fails is a warning, and the others are reported',
      machines: { a: [answering(port(1))], bad: refusing('bad'), c: [answering(port(3))] },
      places: ['a 1', 'c 3'],
      warnings: [failed('bad') as Warning],
    },
    {
      what: 'a machine without any row has answered all the same',
      machines: { bad: refusing('bad'), empty: [{}] },
      places: [],
      warnings: [failed('bad') as Warning],
    },
    {
      what: 'if all fail there is no answer, and each is reported',
      machines: { bad: refusing('bad'), worse: refusing('worse') },
      places: [],
      warnings: [failed('bad') as Warning, failed('worse') as Warning],
      failure: 'none of 2 machines answered',
      hasBegun: false,
    },
    {
      what: 'where one is asked its failure is the error, and no warning beside it',
      machines: { bad: refusing('bad') },
      places: [],
      failure: 'bad: ssh: connect to host bad: refused',
      hasBegun: false,
    },
    {
      what: 'an error that does not name its machine gets its name',
      machines: {
        old: [{ failure: new NetstatError('unreadable', '/proc/net/tcp6: it is not there') }],
      },
      places: [],
      failure: 'old: /proc/net/tcp6: it is not there',
      hasBegun: false,
    },
    {
      what: 'a failure behind rows leaves the rows, and those of the machines behind it',
      machines: {
        cut: [{ ...answering(port(1)), failure: refused('cut') }],
        b: [answering(port(2))],
      },
      places: ['cut 1', 'b 2'],
      warnings: [failed('cut') as Warning],
    },
    {
      what: 'with strict one that fails ends the answer, behind the rows of all',
      machines: { bad: refusing('bad'), b: [answering(port(2))] },
      strict: true,
      places: ['b 2'],
      warnings: [failed('bad') as Warning],
      failure: '--strict: 1 of 2 machines did not answer: bad',
    },
  ];
  it.each(cases)('$what', async ({ what: _, machines, strict = false, ...expected }) => {
    expect(await read(fakeMachines(machines, { strict }))).toEqual({
      notes: [],
      warnings: [],
      failure: null,
      hasBegun: true,
      ...expected,
    });
  });

  it.each([
    ['another time may help one of them', 'unreadable', 'unreadable'],
    ['none will ever answer', 'unsupported', 'unsupported'],
  ] as const)('none answers: %s', async (_, second, expected) => {
    const failures = ['unsupported', second].map((code) => [
      { failure: new NetstatError(code as 'unsupported', code) },
    ]);
    const source = fakeMachines({ web1: failures[0] ?? [], web2: failures[1] ?? [] });
    const reading = source.read(query, { warn: () => undefined });
    await expect(reading.begun()).rejects.toMatchObject({
      ...{ code: expected, message: 'none of 2 machines answered' },
    });
  });

  it('warnings and notes name their machine, once', async () => {
    const warn: Warning = { code: 'absent', message: '/proc/net/sctp: none', source: '/proc' };
    const named = { ...warn, message: 'a: it is so', source: null };
    const source = fakeMachines({ a: [{ warnings: [warn, named] }], b: [{ warnings: [warn] }] });
    const { warnings } = await read(source);
    expect(warnings.map(({ host, message }) => [host, message])).toEqual([
      ['a', 'a: /proc/net/sctp: none'],
      ['a', 'a: it is so'],
      ['b', 'b: /proc/net/sctp: none'],
    ]);
  });

  it('rows have their machine’s name before they are filtered', async () => {
    const source = fakeMachines({ a: [answering(port(1))], b: [answering(port(1))] });
    expect((await read(source, { keep: ({ host }) => host === 'b' })).places).toEqual(['b 1']);
  });

  it('packed rows, which could not contain their machine, are not asked for', async () => {
    const asked: unknown[] = [];
    const one = watchedSource((query) => asked.push(query.packed), answering(port(1)));
    await read(fakeMachines({ one }), {
      packed: { timers: false, users: false, connectedOnly: false },
    });
    expect(asked).toEqual([undefined]);
  });

  it('it offers what any of its machines does, and which machine a row is of', () => {
    const more = { ...fakeSource(), facts: [...linuxFacts, 'tcpInfo'] as const };
    expect(fakeMachines({ a: [], more }).facts).toEqual([...linuxFacts, 'machines', 'tcpInfo']);
  });
});

/** Machines that answer when they are asked to, and what is under way. */
function held(names: readonly string[]) {
  const gates = new Map<string, () => void>();
  const log = { most: 0, begun: [] as string[], aborted: [] as string[] };
  let running = 0;
  const ask = (name: string, signal: AbortSignal): Source => ({
    ...fakeSource(),
    read: () =>
      readingOf(async function* () {
        log.begun.push(name);
        running++;
        log.most = Math.max(log.most, running);
        try {
          await new Promise<void>((resolve, reject) => {
            gates.set(name, resolve);
            signal.addEventListener('abort', () => {
              log.aborted.push(name);
              reject(signal.reason);
            });
          });
        } finally {
          running--;
        }
        yield [{ ...port(1) }] as never;
      }),
  });
  const answer = async (name: string) => {
    gates.get(name)?.();
    await settle();
  };
  return { ask, answer, log, hosts: { names, timeout: 1000, strict: false } };
}

/** Lets all that can go on go on. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

describe('machines that are asked side by side', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];

  it('are no more at once than the limit, and the next begins when one has answered', async () => {
    const { ask, answer, log, hosts } = held(names);
    const answered: number[] = [];
    const onAnswer = (some: number, all: number) => answered.push(some, all);
    const reading = read(machinesSource({ ...hosts, atOnce: 2 }, ask, { onAnswer }));
    await settle();
    expect(log.begun).toEqual(['a', 'b']);
    // The second answers first: the third begins though the rows of the first are not there.
    await answer('b');
    expect(log.begun).toEqual(['a', 'b', 'c']);
    for (const name of ['c', 'a', 'd', 'e', 'f']) await answer(name);
    expect((await reading).places).toEqual(names.map((name) => `${name} 1`));
    expect(log.most).toBe(2);
    expect(answered).toEqual([1, 6, 2, 6, 3, 6, 4, 6, 5, 6, 6, 6]);
  });

  it('are no more at once where facts or owners are asked for', async () => {
    const begun: string[] = [];
    const gates: (() => void)[] = [];
    const asked = (what: string) => {
      begun.push(what);
      return new Promise<void>((resolve) => gates.push(resolve));
    };
    const ask = (name: string): Source => ({
      ...fakeSource(),
      systemFacts: () => asked(`facts of ${name}`).then(() => []),
      withOwners: () => asked(`owners of ${name}`),
    });
    const hosts = { names, timeout: 1000, atOnce: 2, strict: false };
    const { machines } = machinesSource(hosts, ask, {});
    const sink = { warn: () => {} };
    for (const { open } of machines?.all.slice(0, 2) ?? []) {
      const one = open(new AbortController().signal);
      void one.systemFacts?.([], sink);
      void one.withOwners?.([], {} as never, sink);
    }
    await settle();
    expect(begun).toEqual(['facts of a', 'owners of a']);
    gates.shift()?.();
    await settle();
    expect(begun.slice(2)).toEqual(['facts of b']);
    gates.shift()?.();
    await settle();
    expect(begun.slice(3)).toEqual(['owners of b']);
  });

  it('are no further ahead of the first that waits than four times as many', async () => {
    const { ask, answer, log, hosts } = held(names);
    const reading = read(machinesSource({ ...hosts, atOnce: 1 }, ask, {}));
    await settle();
    for (const name of names) await answer(name);
    await reading;
    expect(log.begun).toEqual(names);
    const slow = held(names);
    const second = read(machinesSource({ ...slow.hosts, atOnce: 2 }, slow.ask, {}));
    await settle();
    // The first one does not answer: those behind it are asked, one at a time, as far as the bound allows.
    for (const name of names.slice(1)) await slow.answer(name);
    expect(slow.log.begun).toEqual(names);
    await slow.answer('a');
    await second;
  });

  it('a caller that leaves early ends what is under way', async () => {
    const { ask, answer, log, hosts } = held(names);
    const source = machinesSource({ ...hosts, atOnce: 3 }, ask, {});
    const reading = source.read(query, { warn: () => {} });
    const first = reading.batches[Symbol.asyncIterator]();
    const next = first.next();
    await settle();
    await answer('a');
    expect((await next).done).toBe(false);
    await first.return?.();
    await settle();
    expect(log.aborted).toEqual(expect.arrayContaining(['b', 'c']));
  });

  it('the signal ends them all, and the reading with its reason', async () => {
    const { ask, log, hosts } = held(names);
    const stop = new AbortController();
    const source = machinesSource({ ...hosts, atOnce: 6 }, ask, { signal: stop.signal });
    const begun = source.read(query, { warn: () => {} }).begun();
    const outcome = begun.catch((error) => error);
    await settle();
    stop.abort(new Error('no longer wanted'));
    expect(await outcome).toMatchObject({ message: 'no longer wanted' });
    expect(log.aborted.toSorted()).toEqual(names);
  });
});
