import { expect, it } from 'vitest';
import { type LimitName, parseLimit, parseSoftLimit } from '../../../src/model/machine/limits.ts';

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

it.each<[string, string, number | null]>([
  ['a number', limits('1024'), 524_288],
  ['none', limits('1024').replace('524288', 'unlimited'), Number.POSITIVE_INFINITY],
  ['cut off', 'Max open files  1024', null],
])('a hard limit: %s', (_, text, hard) => {
  expect(parseLimit(text, 'Max open files')).toEqual({ soft: 1024, hard });
});
