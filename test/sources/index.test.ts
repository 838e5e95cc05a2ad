import { describe, expect, it } from 'vitest';
import { sourceFor } from '../../src/sources/index.ts';

describe('sourceFor', () => {
  it.each([
    ['linux', 'linux'],
    ['android', 'linux'],
    ['darwin', 'darwin'],
  ])('%s is read as %s', async (platform, expected) => {
    const source = await sourceFor({ platform, env: {}, procRoot: null });
    expect(source.platform).toBe(expected);
  });

  it.each(['freebsd', 'sunos', 'constructor', ''])(
    'names a platform it does not know: %j',
    async (platform) => {
      await expect(sourceFor({ platform, env: {}, procRoot: null })).rejects.toMatchObject({
        code: 'unsupported',
        message: `${platform}: unsupported platform; tsnetstat runs on Linux, macOS, Windows`,
      });
    },
  );

  it.each([
    ['--proc-root', 'a /proc', { procRoot: '/host/proc' }, '/host/proc'],
    ['--source', 'sources to choose from', { socketSource: 'netlink' }, '--source'],
    ['--source', 'sources to choose from', { socketSource: 'proc' }, '--source'],
    ['--all-netns', 'network namespaces', { netns: 'all' }, 'netns'],
    ['--netns', 'network namespaces', { netns: { name: 'blue' } }, 'netns'],
  ] as const)(
    'refuses %s where there is no Linux, which has %s',
    async (option, what, given, path) => {
      for (const [platform, title] of [
        ['darwin', 'macOS'],
        ['win32', 'Windows'],
      ] as const) {
        const host = { platform, env: {}, procRoot: null, ...given };
        await expect(sourceFor(host)).rejects.toMatchObject({
          code: 'unsupported',
          message: `${option}: only Linux has ${what}, this is ${title}`,
          path,
        });
      }
    },
  );
});
