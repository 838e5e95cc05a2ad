import { expect, it } from 'vitest';
import { systemPath } from '../../../src/model/machine/system-path.ts';

const own = '/usr/sbin:/usr/bin:/sbin:/bin';

it.each([
  ['no PATH', undefined, own],
  ['an empty one', '', own],
  [
    'folders of others come last',
    '/home/eve/bin:/usr/local/bin',
    `${own}:/home/eve/bin:/usr/local/bin`,
  ],
  ['none is named twice', '/opt/bin:/usr/bin:/bin', `${own}:/opt/bin`],
  [
    'what depends on the working directory is left out',
    '.::bin:../bin:/opt/bin:',
    `${own}:/opt/bin`,
  ],
])('systemPath: %s', (_, path, expected) => {
  expect(systemPath(path)).toBe(expected);
});
