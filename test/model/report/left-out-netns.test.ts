import { expect, test } from 'vitest';
import type { Netns } from '../../../src/model/machine/netns.ts';
import { isOfLeftOut } from '../../../src/model/report/left-out-netns.ts';

const netns = (name: string | null, inode: number | null, own = false): Netns => ({
  ...{ name, inode, own },
});

test.each<[title: string, Netns | undefined, subject: string, boolean | null]>([
  ['a row that does not say', undefined, 'web', null],
  ['this program’s own', netns(null, 5, true), 'web', false],
  ['one of that name', netns('web', 5), 'web', true],
  ['one of another name', netns('db', 5), 'web', false],
  ['one without a name', netns(null, 5), 'web', null],
  ['one of that number', netns(null, 5), '5', true],
  ['one of that number, which had a name', netns('web', 5), '5', true],
  ['one of another number', netns(null, 6), '5', false],
  ['a name that may be that of any', netns('db', 5), 'web (perhaps)', null],
  ['the name itself, perhaps', netns('web', 5), 'web (perhaps)', true],
  ['one of which only the name is known', netns('db', null), 'web', null],
])('whether a row is of the namespace that is left out: %s', (_, of, subject, expected) => {
  expect(isOfLeftOut(of === undefined ? {} : { netns: of }, subject)).toBe(expected);
});
