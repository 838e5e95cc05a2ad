import { describe, expect, it } from 'vitest';
import { unheldInodes } from '../../../../src/sources/linux/owners/unheld-inodes.ts';

describe('unheldInodes', () => {
  it('settles what was missed before a walk, not what was missed after it', () => {
    const unheld = unheldInodes();
    unheld.beginWalk();
    unheld.miss(1);
    expect(unheld.isSettled(1)).toBe(false);
    unheld.beginWalk();
    expect(unheld.isSettled(1)).toBe(true);
    unheld.miss(2);
    unheld.miss(1);
    expect([1, 2].map(unheld.isSettled)).toEqual([true, false]);
  });

  it('keeps what every round asks for, and forgets what none does', () => {
    const unheld = unheldInodes();
    unheld.beginWalk();
    unheld.miss(1);
    unheld.miss(2);
    unheld.beginWalk();
    for (let round = 0; round < 5; round++) {
      unheld.beginRound();
      expect(unheld.isSettled(1)).toBe(true);
    }
    expect(unheld.isSettled(2)).toBe(false);
  });

  it('knows nothing of others', () => {
    expect(unheldInodes().isSettled(1)).toBe(false);
  });
});
