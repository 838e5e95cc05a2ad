import { expect, it } from 'vitest';
import { type LimitName, parseSoftLimit } from '../../../src/model/machine/soft-limit.ts';

const limits = (soft: string, name = 'Max open files') =>
  `Limit                     Soft Limit           Hard Limit           Units     
${name.padEnd(25)} ${soft.padEnd(20)} 524288               files     
Max pending signals       7747                 7747                 signals   
`;

it.each<[string, string, LimitName, number | null]>([
  ['a number', limits('1024'), 'Max open files', 1024],
  ['none', limits('unlimited'), 'Max open files', Number.POSITIVE_INFINITY],
  ['of bytes', limits('805306368', 'Max address space'), 'Max address space', 805_306_368],
  ['not told', limits('1024'), 'Max address space', null],
  ['of something with a longer name', limits('4', 'Max open filesystems'), 'Max open files', null],
  ['no number', limits('many'), 'Max open files', null],
  ['cut off', 'Max open files  ', 'Max open files', null],
])('a soft limit: %s', (_, text, name, expected) => {
  expect(parseSoftLimit(text, name)).toBe(expected);
});
