import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../src/errors.ts';
import { noNames } from '../../src/model/report/names.ts';
import { inLastingPlace, lastingPlace } from '../../src/pipeline/lasting-place.ts';
import type { Pipeline } from '../../src/pipeline/pipeline.ts';

const rows = [{ netns: { inode: 4026532001, name: 'web', own: false } }];
const noName = () => new NetstatError('usage', '--netns web: no such', { about: 'netns' });
const unreadable = () => new NetstatError('unreadable', '--netns: web: EIO', { path: 'netns' });

/** What each look at a way gives, one after another; the ways that were asked for by a number. */
function placeOf(answers: Readonly<Record<string, readonly (string | Error)[]>>) {
  const left = new Map(Object.entries(answers).map(([way, all]) => [way, [...all]]));
  const place = lastingPlace('web', String);
  const look = () =>
    place.look(async (way) => {
      const answer = left.get(way)?.shift() ?? noName();
      if (typeof answer !== 'string') throw answer;
      return answer;
    });
  return { place, look };
}

describe('a network namespace that somebody named', () => {
  it('is read by its name as long as it has one', async () => {
    const { place, look } = placeOf({ web: ['a', 'b'] });
    expect(await look()).toBe('a');
    place.see(rows);
    expect(await look()).toBe('b');
  });

  it('is no more, once a row of it was seen and neither name nor number leads to it', async () => {
    const { place, look } = placeOf({ web: ['a'] });
    await look();
    place.see(rows);
    place.see([]);
    expect(await look()).toBeNull();
    expect(await look()).toBeNull();
  });

  it('is there by its number, where its name has gone before it', async () => {
    const { place, look } = placeOf({ web: ['a'], 4026532001: ['b', 'c'] });
    await look();
    place.see(rows);
    expect([await look(), await look(), await look()]).toEqual(['b', 'c', null]);
  });

  it('is the same by its number, though another one has got its name since', async () => {
    const { place, look } = placeOf({
      web: ['a', noName(), noName(), 'another'],
      4026532001: ['b', 'c'],
    });
    await look();
    place.see(rows);
    expect([await look(), await look()]).toEqual(['b', 'c']);
  });

  it('may go as it is entered', async () => {
    const { place, look } = placeOf({ web: ['a', unreadable()] });
    await look();
    place.see(rows);
    expect(await look()).toBeNull();
  });

  it.each<[string, readonly (string | Error)[], readonly object[], string]>([
    ['was never there', [noName()], [], 'no such'],
    ['showed no row by which it would be known', ['a', noName()], [{}], 'no such'],
    ['has no number for this user', ['a', noName()], [{ netns: { inode: null } }], 'no such'],
    ['is there and cannot be read', ['a', unreadable(), unreadable()], rows, 'EIO'],
    ['has a fault of ours', ['a', new TypeError('x')], rows, 'x'],
  ])('is an error where it %s', async (_, answers, seen, message) => {
    const { place, look } = placeOf({ web: answers });
    if (answers.length > 1) await look();
    place.see(seen as never);
    await expect(look()).rejects.toThrow(message);
  });
});

describe('a pipeline for it', () => {
  /** A pipeline whose rounds show these rows, one after another; then there is no namespace any more. */
  function pipeline(...rounds: readonly (readonly object[])[]): Pipeline {
    const left = [...rounds];
    const next = () => {
      const rows = left.shift();
      if (rows === undefined) throw noName();
      return (async function* () {
        yield rows;
      })();
    };
    return {
      open: async () => ({ names: noNames, batches: next(), kept: [], leftOut: () => 0 }),
      read: () => {
        const begin = async () => {
          batches ??= next();
        };
        let batches: ReturnType<typeof next> | undefined;
        return {
          begun: begin,
          batches: (async function* () {
            await begin();
            yield* batches ?? [];
          })(),
        };
      },
    } as unknown as Pipeline;
  }

  const sink = { warn: () => {} };
  const ways = {
    open: async (of: Pipeline) => (await of.open(sink)).batches,
    read: async (of: Pipeline) => of.read(sink).batches,
  };

  it.each(['open', 'read'] as const)(
    'goes on by its number, and is empty in the end: %s',
    async (way) => {
      const [first, second] = [rows, [{ ...rows[0], name: 'later' }]];
      const asked: number[] = [];
      const lasting = inLastingPlace(pipeline(first), async (number) => {
        asked.push(number);
        return pipeline(second);
      });
      const seen: unknown[] = [];
      for (let round = 0; round < 3; round++) {
        const found: unknown[] = [];
        for await (const batch of await ways[way](lasting)) found.push(...batch);
        seen.push(found);
      }
      expect(seen).toEqual([first, second, []]);
      expect(asked).toEqual([4026532001]);
    },
  );

  it.each(['open', 'read'] as const)('fails if it never was there: %s', async (way) => {
    const lasting = inLastingPlace(pipeline(), async () => pipeline());
    const reading = (async () => {
      for await (const _ of await ways[way](lasting)) break;
    })();
    await expect(reading).rejects.toThrow('no such');
  });
});
