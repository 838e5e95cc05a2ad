import { expect, it } from 'vitest';
import { askedAgain, askedOf } from '../../../src/model/request/asked.ts';
import { taskFrom } from '../../../src/options/command-line.ts';

function listing(line: string) {
  const task = taskFrom(line === '' ? [] : line.split(' '));
  if (task.kind !== 'list') throw new Error(task.kind);
  return task.listing;
}

it.each([
  ...['', '-a', '-l', '-t', '-tu', '-x', '-xt', '-S', '-4', '-6', '-4x', '-A inet,unix'],
  ...['-t6', '-l4 --port 22', '-r', '-r6', '-i', '-g', '-g6', '-tl --exposed'],
  ...['-an sport = 22', '-a4 --bound-inactive', '-i lo eth0'],
])('%j is asked again as it was', (line) => {
  const then = listing(line);
  expect(askedAgain(listing(''), askedOf(then, null)).query).toEqual(then.query);
});
