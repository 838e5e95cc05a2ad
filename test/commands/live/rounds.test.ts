import { describe, expect, test } from 'vitest';
import { firstQuestion, liveRounds } from '../../../src/commands/live/rounds.ts';
import { type ScreenState, screenState } from '../../../src/commands/live/screen-state.ts';
import { NetstatError } from '../../../src/errors.ts';
import type { Warning } from '../../../src/model/report/snapshot.ts';
import { taskFrom } from '../../../src/options/command-line.ts';
import { lazyResolver } from '../../../src/resolve/lazy-resolver.ts';
import type { LiveState } from '../../../src/views/live/state.ts';
import { inet } from '../../support/builders.ts';
import { fakeHost } from '../../support/fake-host.ts';
import { refused } from '../../support/fake-machines.ts';
import { type FakeReading, fakeSource } from '../../support/fake-source.ts';

const one = inet('192.0.2.1:443', '198.51.100.1:7', { inode: 7 });
const answer: FakeReading = { batches: [[one]] };

/** The rounds of `--live` over these readings; `shown` waits until the screen shows a state. */
async function rounds(
  readings: readonly FakeReading[],
  interval = 60_000,
  elapsed = () => performance.now(),
) {
  const task = taskFrom(['--live', '-tan']);
  if (task.kind !== 'live') throw new Error(task.kind);
  const onScreen = screenState(task.listing);
  onScreen.change({ interval });
  const { host } = fakeHost({ elapsed });
  let drawn = () => {};
  const parts = {
    source: fakeSource(...readings),
    resolver: lazyResolver(1000, host),
    questions: firstQuestion(),
  };
  const live = await liveRounds(onScreen, host, parts, () => drawn());
  const ended = live.readOn();
  const shown = (wanted: (state: LiveState) => boolean) =>
    Promise.race([
      ended,
      new Promise<void>((resolve) => {
        drawn = () => {
          if (wanted(onScreen.state)) resolve();
        };
      }),
    ]);
  const change = (changes: Partial<LiveState>) => {
    const before = onScreen.state;
    onScreen.change(changes);
    live.follow(before);
  };
  return { onScreen, shown, change };
}

/** The time of the round that is shown. */
const roundOf = ({ state }: ScreenState) => state.round?.takenAt;

describe('the rounds of the live view', () => {
  test('a shorter interval does not wait for the end of the longer one', async () => {
    const { onScreen, shown, change } = await rounds([answer, answer]);
    await shown(({ round }) => round !== null);
    const first = onScreen.state.round;
    change({ interval: 100 });
    await shown(({ round }) => round !== first);
    expect(onScreen.state.round?.rows).toHaveLength(1);
    expect(roundOf(onScreen)).not.toBe(first?.takenAt);
  });

  test('a pause keeps the round, and its end reads the next', async () => {
    const { onScreen, shown, change } = await rounds([answer, answer], 10);
    await shown(({ round }) => round !== null);
    change({ isPaused: true });
    const first = onScreen.state.round;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(onScreen.state.round).toBe(first);
    change({ isPaused: false });
    await shown(({ round }) => round !== first);
  });

  test('a pause also keeps the round when details are left or columns taken away', async () => {
    const { onScreen, shown, change } = await rounds([answer, answer, answer]);
    await shown(({ round }) => round !== null);
    change({ isPaused: true });
    const { round, head, asked } = onScreen.state;
    const of = round?.rows[0];
    if (of === undefined) throw new Error('no row');
    change({ mode: { kind: 'details', of, top: 0 } });
    await shown(({ detail }) => detail !== null);
    change({ mode: { kind: 'table' }, detail: null });
    const fewer = { ...asked, view: { ...asked.view, columns: ['proto', 'src'] } };
    change({ asked: fewer });
    change({ asked: { ...fewer, view: { ...fewer.view, numeric: asked.view.numeric } } });
    change({ interval: 100 });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(onScreen.state.round).toBe(round);
    expect(onScreen.state.head).toBe(head);
    // A column that was not read is another question.
    change({ asked: { ...asked, view: { ...asked.view, columns: ['proto', 'inode'] } } });
    await shown((state) => state.round !== round);
  });

  test('a failure is shown beside the last round, until the next one succeeds', async () => {
    const { onScreen, shown } = await rounds([answer, { failure: refused('it') }, answer], 10);
    await shown(({ round }) => round !== null);
    await shown(({ failure }) => failure !== null);
    expect(onScreen.state.round?.rows).toHaveLength(1);
    await shown(({ failure }) => failure === null);
  });

  test('a namespace that is gone is a failure too, once there were rows, until it is back', async () => {
    const failure = new NetstatError('usage', 'no network namespace a', { about: 'netns' });
    const readings = [answer, { failure }, { failure }, answer];
    const { onScreen, shown, change } = await rounds(readings, 10);
    await shown(({ round }) => round !== null);
    await shown(({ failure }) => failure !== null);
    expect(onScreen.state.failure).toBe('no network namespace a');
    // Names instead of numbers are no other question, which could be at fault.
    change({ asked: { ...onScreen.state.asked } });
    await shown(({ failure }) => failure === null);
    expect(onScreen.state).toMatchObject({ message: null, round: { count: 1 } });
  });

  test('a listing chosen by key that is refused is taken back', async () => {
    const failure = new NetstatError('unsupported', 'not here');
    const { onScreen, shown, change } = await rounds([answer, { failure }, answer]);
    await shown(({ round }) => round !== null);
    const { asked } = onScreen.state;
    change({ asked: { ...asked, query: { ...asked.query, which: 'listening' } } });
    await shown(({ message }) => message !== null);
    expect(onScreen.state).toMatchObject({ asked, message: { text: 'not here' }, failure: null });
  });

  test('a listing that is refused before any round ends it', async () => {
    const { shown } = await rounds([{ failure: new NetstatError('usage', 'no such') }]);
    await expect(shown(() => false)).rejects.toThrow('no such');
  });

  const warned = (code: Warning['code'], message: string): FakeReading => ({
    ...answer,
    warnings: [{ code, message, source: message }],
  });

  test('what a round lacks is said as long as rounds lack it', async () => {
    const lacking = warned('unreadable', 'a');
    const both = {
      ...lacking,
      warnings: [...(lacking.warnings ?? []), ...(warned('cut', 'b').warnings ?? [])],
    };
    const readings = [lacking, both, warned('cut', 'b'), answer, lacking, answer];
    const { shown } = await rounds(readings, 10);
    for (const text of ['a', '(1 of 2) a', 'b', undefined, 'a', undefined]) {
      await shown(({ round, warning }) => round !== null && warning?.text === text);
    }
  });

  test('anything else is said once, and no longer than it is so', async () => {
    const denied = warned('owners-denied', 'a');
    const readings = [
      denied,
      denied,
      answer,
      denied,
      warned('absent', 'b'),
      warned('uncertain', 'c'),
    ];
    const { onScreen, shown } = await rounds(readings, 10);
    for (const text of ['a', 'a', null, null, null, 'c']) {
      const { round } = onScreen.state;
      await shown((state) => state.round !== round);
      expect(onScreen.state.warning?.text ?? null).toBe(text);
    }
  });

  test('the time goes on while details are read', async () => {
    const { onScreen, shown, change } = await rounds([answer, answer, answer, {}], 10);
    await shown(({ round }) => round !== null);
    const of = onScreen.state.round?.rows[0];
    if (of === undefined) throw new Error('no row');
    change({ mode: { kind: 'details', of, top: 0 } });
    await shown(({ detail }) => detail !== null);
    const { head, round } = onScreen.state;
    await shown((state) => state.head?.takenAt !== head?.takenAt);
    expect(onScreen.state.round).toBe(round);
    await shown(({ detail }) => detail?.isGone === true);
    const last = onScreen.state.head?.takenAt;
    await shown((state) => state.head?.takenAt !== last);
  });

  test('details go on being read while the help covers them', async () => {
    const { onScreen, shown, change } = await rounds([answer, answer, answer, answer], 10);
    await shown(({ round }) => round !== null);
    const { round } = onScreen.state;
    const of = round?.rows[0];
    if (of === undefined) throw new Error('no row');
    const behind = { kind: 'details', of, top: 0 } as const;
    change({ mode: { kind: 'help', top: 0, behind } });
    await shown(({ detail }) => detail !== null);
    const { detail } = onScreen.state;
    await shown((state) => state.detail !== detail);
    expect(onScreen.state.round).toBe(round);
  });

  test('rates summed over sockets are not replaced by others while one is read', async () => {
    const { onScreen, shown, change } = await rounds([answer, answer, answer, answer], 10);
    await shown(({ round }) => round !== null);
    const of = onScreen.state.round?.rows[0];
    if (of === undefined) throw new Error('no row');
    const summed = { received: 7, sent: 8, of: 'sockets' } as const;
    change({ mode: { kind: 'details', of, top: 0 }, head: { takenAt: '', traffic: summed } });
    for (const _ of [1, 2]) {
      const { head } = onScreen.state;
      await shown((state) => state.head !== head);
      expect(onScreen.state.head?.traffic).toEqual({ received: null, sent: null, of: 'sockets' });
    }
  });

  test('the selected row stays selected when closed ones above it vanish between two rounds', async () => {
    const some = [7, 8, 9].map((port) =>
      inet('192.0.2.1:443', `198.51.100.1:${port}`, { inode: port }),
    );
    let now = 0;
    const readings = [{ batches: [some] }, { batches: [some.slice(1)] }];
    const { onScreen, shown, change } = await rounds(readings, 60_000, () => now);
    await shown(({ round }) => round !== null);
    const chosen = onScreen.state.round?.rows[1] ?? null;
    now = 70_000;
    change({ chosen, place: { at: 1, top: 0 }, interval: 60_001 });
    await shown(({ round }) => round?.rows[0]?.mark === 'closed');
    expect(onScreen.state.place.at).toBe(1);
    now = 75_000;
    change({ interval: 60_000 });
    await shown(({ round }) => round?.rows.length === 2);
    expect(onScreen.state.place.at).toBe(0);
    expect(onScreen.state.chosen).toBe(chosen);
  });

  test('groups keep their order from round to round', async () => {
    const some = ['1', '1', '2', '3'].map((host, at) =>
      inet('192.0.2.1:443', `198.51.100.${host}:${at + 1}`, { inode: at + 1 }),
    );
    const { onScreen, shown, change } = await rounds(
      [{ batches: [some] }, { batches: [some] }],
      10,
    );
    await shown(({ round }) => round !== null);
    const { round } = onScreen.state;
    change({ grouping: 'host', groupSort: { key: 'name', descending: true } });
    const names = () => onScreen.state.groups.map(({ name }) => name?.at(-1));
    expect(names()).toEqual(['3', '2', '1']);
    await shown((state) => state.round !== round);
    expect(names()).toEqual(['3', '2', '1']);
  });

  test('groups that are shown again with their own query stay until it is read', async () => {
    const { onScreen, shown, change } = await rounds([answer, answer], 10);
    await shown(({ round }) => round !== null);
    const { asked, round } = onScreen.state;
    const numbers = { established: 0, listening: 0, sent: null, received: null };
    const groups = ['a', 'b'].map((name) => ({ ...numbers, name, condition: null, count: 1 }));
    const query = { ...asked.query };
    const groupPlace = { at: 1, top: 0 };
    change({ grouping: 'host', groups, groupPlace, asked: { ...asked, query } });
    expect(onScreen.state).toMatchObject({ groups, groupPlace });
    await shown((state) => state.round !== round);
    expect(onScreen.state.groups.map(({ name }) => name)).toEqual(['198.51.100.1']);
  });

  test('a failure before any round ends it', async () => {
    const { shown } = await rounds([{ failure: refused('it') }]);
    await expect(shown(() => false)).rejects.toThrow('refused');
  });
});
