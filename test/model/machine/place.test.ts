import { expect, it } from 'vitest';
import { placeKey } from '../../../src/model/machine/place.ts';

const netns = (inode: number | null, own = false) => ({ inode, name: null, own });

it.each([
  [{}, ''],
  [{ netns: netns(5) }, '5'],
  [{ netns: netns(1, true) }, 'own'],
  [{ host: 'web1' }, 'web1\0'],
  [{ host: 'web1', netns: netns(5) }, 'web1\x005'],
  // Of what is known of this namespace nothing tells it apart from others.
  [{ host: 'web1', netns: netns(null) }, null],
])('the place %j is known by %j', (row, key) => {
  expect(placeKey(row)).toBe(key);
});
