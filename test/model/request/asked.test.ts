import { expect, it } from 'vitest';
import { askedAgain, askedOf, askedText } from '../../../src/model/request/asked.ts';
import { taskFrom } from '../../../src/options/command-line.ts';

function listing(line: string) {
  const task = taskFrom(line === '' ? [] : line.split(' '));
  if (task.kind !== 'list') throw new Error(task.kind);
  return task.listing;
}

/** The question of a file that was saved with `then`, asked again with `now`. */
function again(then: string, now: string) {
  const task = taskFrom(['--diff', 'f', ...now.split(' ')]);
  if (task.kind !== 'compare') throw new Error(task.kind);
  const asked = askedOf(listing(then), null);
  return askedText(askedOf(askedAgain(task.listing, asked, task.comparison.chosen), null));
}

it.each([
  ...['', '-a', '-l', '-t', '-tu', '-x', '-xt', '-S', '-4', '-6', '-4x', '-A inet,unix'],
  ...['-t6', '-l4 --port 22', '-r', '-r6', '-i', '-g', '-g6', '-tl --exposed'],
  ...['-an sport = 22', '-a4 --bound-inactive', '-i lo eth0'],
])('%j is asked again as it was', (line) => {
  const then = listing(line);
  expect(askedAgain(listing(''), askedOf(then, null), new Set()).query).toEqual(then.query);
});

it.each([
  ['-tl', '-4', '-t -4 -l'],
  ['-tl', '-A inet6', '-t -6 -l'],
  ['-l', '-4', '-4 -l'],
  ['-xl', '-4', '-4 -l'],
  ['-tl -4', '-u', '-u -4 -l'],
  ['-tl', '-x', '-x -l'],
  ['-tl', '-A unix', '-x -l'],
  ['-tl', '-a', '-t -a'],
  ['-ta', '-l', '-t -l'],
  ['-tl', '--bound-inactive', '-t -l --bound-inactive'],
  ['-tl', '--all-netns', '-t -l --all-netns'],
  ['-tl --all-netns', '--netns web', '-t -l --netns web'],
  ['-tl --all-netns --port 22', '-t', '-t -l --all-netns --port 22'],
  ['-tl --port 22', '--port 80', '-t -l --port 80'],
  ['-r', '-6', '-r -6'],
  ['-i eth0', '-i', '-i -a eth0'],
  ['-i eth0 lo', '-i lo', '-i -a lo'],
  ['-i a;b', '-i', "-i -a 'a;b'"],
  ['-tl --netns a;b', '-t', "-t -l --netns 'a;b'"],
])('saved with %j, %j chooses only its own part', (then, now, expected) => {
  expect(again(then, now)).toBe(expected);
});
