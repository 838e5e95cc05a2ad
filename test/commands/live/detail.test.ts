import { describe, expect, test } from 'vitest';
import { detailReader } from '../../../src/commands/live/detail.ts';
import type { Fact } from '../../../src/model/report/facts.ts';
import { defaultListing } from '../../../src/options/default-listing.ts';
import { lazyResolver } from '../../../src/resolve/lazy-resolver.ts';
import type { Machines, SocketQuery } from '../../../src/sources/source.ts';
import { inet } from '../../support/builders.ts';
import { fakeHost } from '../../support/fake-host.ts';
import { answering, fakeMachines, refused } from '../../support/fake-machines.ts';
import { type FakeReading, linuxFacts, watchedSource } from '../../support/fake-source.ts';

const facts: readonly Fact[] = [...linuxFacts, 'boundSockets'];
const bound = inet('127.0.0.1:7777', '0.0.0.0:*', { state: 'BOUND', inode: 7 });

/** What is told of a socket where the source still has these, and what the source was asked. */
async function detailOf(socket: typeof bound, there: readonly (typeof bound)[]) {
  const asked: SocketQuery[] = [];
  const source = {
    ...watchedSource((query) => asked.push(query), { batches: [there] }),
    facts,
  };
  const { host } = fakeHost();
  const { read } = detailReader({ source, resolver: lazyResolver(1000, host) });
  const detail = await read(defaultListing, { socket, mark: null }, null, facts);
  return { detail, asked };
}

describe('the details of one socket', () => {
  test('one that is only bound is there, however the listing chose it', async () => {
    const { detail, asked } = await detailOf(bound, [bound]);
    expect(detail.isGone).toBe(false);
    expect(asked).toMatchObject([{ boundSockets: true }]);
  });

  test('others are read without those that are only bound', async () => {
    const open = inet('192.0.2.1:443', '198.51.100.1:7', { inode: 8 });
    const { detail, asked } = await detailOf(open, [bound, open]);
    expect(detail).toMatchObject({ isGone: false, socket: { inode: 8 } });
    expect(asked.map(({ boundSockets }) => boundSockets ?? false)).toEqual([false]);
  });

  test('one that is not there any more is gone', async () => {
    expect((await detailOf(bound, [])).detail.isGone).toBe(true);
  });

  test('of several machines its own is asked alone, and one that fails has closed nothing', async () => {
    const open = inet('192.0.2.1:443', '198.51.100.1:7', { inode: 8 });
    const asked: string[] = [];
    const noted = (name: string, ...readings: readonly FakeReading[]) =>
      watchedSource(() => asked.push(name), ...readings);
    const source = fakeMachines({
      db: noted('db', answering(open)),
      web: noted('web', answering(open), { failure: refused('web') }, answering()),
    });
    const { host } = fakeHost();
    const { read } = detailReader({ source, resolver: lazyResolver(1000, host) });
    const of = { socket: { ...open, host: 'web' }, mark: null };
    const first = await read(defaultListing, of, null, facts);
    expect(first).toMatchObject({ isGone: false, socket: { host: 'web' } });
    await expect(read(defaultListing, of, first, facts)).rejects.toThrow('refused');
    expect(await read(defaultListing, of, first, facts)).toMatchObject({ isGone: true });
    expect(asked).toEqual(['web', 'web', 'web']);
  });

  test('what was opened for a machine is closed when details are left', async () => {
    const open = inet('192.0.2.1:443', '198.51.100.1:7', { inode: 8 });
    const source = fakeMachines({ web: [answering(open), answering(open)] });
    const signals: AbortSignal[] = [];
    const watched = {
      ...source,
      machines: {
        ...(source.machines as Machines),
        all: (source.machines?.all ?? []).map((machine) => ({
          ...machine,
          open(signal: AbortSignal) {
            signals.push(signal);
            return machine.open(signal);
          },
        })),
      },
    };
    const { host } = fakeHost();
    const { read, end } = detailReader({ source: watched, resolver: lazyResolver(1000, host) });
    const of = { socket: { ...open, host: 'web' }, mark: null };
    end();
    await read(defaultListing, of, null, facts);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    end();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await read(defaultListing, of, null, facts);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });
});
