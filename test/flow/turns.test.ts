import { expect, it } from 'vitest';
import { turns } from '../../src/flow/turns.ts';

/** Resolves once everything that can run has run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

it('lets others work while a turn only waits, and no more at once than allowed', async () => {
  const inTurn = turns(1);
  const log: string[] = [];
  let wake = () => {};
  let finish = () => {};
  const first = inTurn(async (aside) => {
    log.push('first');
    await aside(() => new Promise<void>((resolve) => (wake = resolve)));
    log.push('first again');
  });
  const second = inTurn(async () => {
    log.push('second');
    await new Promise<void>((resolve) => (finish = resolve));
  });
  await settled();
  expect(log).toEqual(['first', 'second']);
  wake();
  await settled();
  expect(log).toEqual(['first', 'second']);
  finish();
  await Promise.all([first, second]);
  expect(log).toEqual(['first', 'second', 'first again']);
});

it('has as many turns as before when what is waited for fails', async () => {
  const inTurn = turns(1);
  const failing = inTurn((aside) => aside(() => Promise.reject(new Error('late'))));
  await expect(failing).rejects.toThrow('late');
  let underWay = 0;
  let most = 0;
  const work = async () => {
    underWay++;
    most = Math.max(most, underWay);
    await settled();
    underWay--;
  };
  await Promise.all([inTurn(work), inTurn(work), inTurn(work)]);
  expect(most).toBe(1);
});
