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

  it.each(['darwin', 'win32'])(
    '%s has no ways to read sockets to choose from',
    async (platform) => {
      const host = { platform, env: {}, procRoot: null };
      for (const socketSource of ['netlink', 'proc'] as const) {
        await expect(sourceFor({ ...host, socketSource })).rejects.toMatchObject({
          code: 'unsupported',
          message: expect.stringMatching(
            /^--source: only Linux has sources to choose from, this is /,
          ),
        });
      }
    },
  );

  it.each(['darwin', 'win32'])('%s has no /proc to give another of', async (platform) => {
    await expect(sourceFor({ platform, env: {}, procRoot: '/host/proc' })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/^--proc-root: /),
    });
  });
});
