import { describe, expect, test } from 'vitest';
import { blamingFile } from '../src/commands/compare/listing-for.ts';
import { ownOptions } from '../src/commands/own-options.ts';
import { type ErrorDetails, errorNaming, NetstatError, reworded } from '../src/errors.ts';
import { errorInOptions } from '../src/library/own-words.ts';
import { defaultListing } from '../src/options/default-listing.ts';
import { ownFlags } from '../src/options/own-options.ts';
import { parse } from '../src/select/expression/parse.ts';
import { ignoredBy } from '../src/select/ignored.ts';
import { failureOf } from '../src/sources/failed-machines.ts';
import { fakeHost } from './support/fake-host.ts';

const cause = new Error('EPERM');
const whole: ErrorDetails = {
  ...{ path: '--netns', about: 'netns', at: 3, excerpt: ['--netns x', '   ^'], cause },
};
const failed = new NetstatError('unreadable', '--netns x: there is none', whole);

test('an error that names something begins with it, and has it as its path', () => {
  const error = errorNaming('unreadable', '/proc/net/tcp', 'cannot be read', { cause });
  expect(error).toMatchObject({ code: 'unreadable', path: '/proc/net/tcp', cause, about: null });
  expect(error.message).toBe('/proc/net/tcp: cannot be read');
  expect('cause' in errorNaming('usage', '--on', 'no')).toBe(false);
});

describe('an error in other words keeps what it carries', () => {
  test.each([
    ['by itself', reworded(failed, 'other'), {}],
    ['but for its place', reworded(failed, 'other', { path: '/x' }), { path: '/x' }],
    [
      'but for what it is about',
      reworded(failed, 'other', { about: null, at: null }),
      { about: null, at: null },
    ],
    ['but for its cause', reworded(failed, 'other', { cause: failed }), { cause: failed }],
    ['in options', errorInOptions(failed), { path: 'netns' }],
    [
      'of the only machine',
      failureOf([{ host: 'a', error: failed }], { count: 1, strict: false, isTold: true }),
      {},
    ],
  ])('%s', (_, error, changes) => {
    expect(error).toBeInstanceOf(NetstatError);
    expect(error).toMatchObject({ code: 'unreadable', ...whole, ...changes });
  });

  test('and has no more than that', () => {
    const other = reworded(new NetstatError('usage', 'no'), 'other');
    expect(other).toMatchObject({ path: null, about: null, at: null, excerpt: [] });
    expect('cause' in other).toBe(false);
  });
});

describe('an error that is not about the words typed is not answered as if it were', () => {
  const lookups = { serviceNumber: () => undefined, userId: () => 0, hostAddresses: () => [] };
  const { host } = fakeHost({ env: { TSNETSTAT_OPTIONS: '--nosuch' } });
  const file = { path: 'before.json', chosen: new Set<never>() };
  const excerpt = ['nosuch', '^'];

  test.each<[string, () => unknown, object]>([
    [
      'rows left out',
      () => ignoredBy(['nosuch'], { protocols: ['tcp'], lookups }),
      { path: '--ignore', about: { filter: 'ignore' }, excerpt },
    ],
    [
      'own options',
      () => ownFlags([{ name: 'options', text: '--nosuch', hasLines: true }], 'linux'),
      { path: '--nosuch', summary: expect.stringMatching(/^options, line 1: /) },
    ],
    [
      'own options, and how to leave them out',
      () => ownOptions(host),
      { path: '--nosuch', summary: expect.stringMatching(/--no-config leaves it out\)$/) },
    ],
    [
      'a file that is compared with',
      () => blamingFile(defaultListing, file, async () => parse('nosuch')),
      { path: 'before.json', excerpt, cause: expect.objectContaining({ about: 'expression' }) },
    ],
  ])('%s', async (_, task, expected) => {
    const failing = Promise.resolve().then(task);
    await expect(failing).rejects.toMatchObject({
      ...{ code: 'usage', about: null, at: null },
      ...expected,
    });
  });
});
