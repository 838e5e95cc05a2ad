import { describe, expect, it } from 'vitest';
import { ownHint, ownOptions } from '../../src/commands/own-options.ts';
import { NetstatError } from '../../src/errors.ts';
import type { Host } from '../../src/host.ts';
import { fakeHost } from '../support/fake-host.ts';

type Read = ReturnType<NonNullable<Host['readOwn']>>;

function own(changes: Partial<Host>, file: Read = null) {
  const asked: string[] = [];
  const { host, written } = fakeHost({
    readOwn: (path) => {
      asked.push(path);
      return file;
    },
    ...changes,
  });
  const found = () => ownOptions(host);
  return { found, asked, written };
}

const env = { TSNETSTAT_OPTIONS: '--format csv', HOME: '/home/a' };
const table: Read = { text: '--format table -n' };

describe("one's own options", () => {
  it('are those of the file, and of the variable before them', async () => {
    const flags = await own({ env }, table).found();
    expect(flags?.value('format')).toBe('csv');
    expect(flags?.has('numeric')).toBe(true);
  });

  it.each<[string, Partial<Host>, string[]]>([
    ['XDG_CONFIG_HOME', { env: { ...env, XDG_CONFIG_HOME: '/c' } }, ['/c/tsnetstat/options']],
    [
      'none that is not absolute',
      { env: { ...env, XDG_CONFIG_HOME: 'c' } },
      ['/home/a/.config/tsnetstat/options'],
    ],
    ['HOME', { env }, ['/home/a/.config/tsnetstat/options']],
    ['nowhere', { env: { HOME: '' } }, []],
    ['APPDATA', { env: { APPDATA: 'C:\\a' }, platform: 'win32' }, ['C:\\a\\tsnetstat\\options']],
  ])('are looked for in %s', async (_, changes, expected) => {
    const { found, asked } = own(changes);
    await found();
    expect(asked).toEqual(expected);
  });

  it.each<[string, string]>([
    ['--columns src,nope', "--columns: sockets have no column 'nope'"],
    ['--sort -nope', "--sort: sockets have no key 'nope'"],
  ])('that apply to no socket are reported with their position: %s', async (line, message) => {
    const { found } = own({ env: { HOME: '/home/a' } }, { text: `-n\n${line}` });
    const place = '/home/a/.config/tsnetstat/options, line 2: ';
    await expect(found()).rejects.toThrow(`${place}${message}`);
    await expect(found()).rejects.toThrow('(--no-config leaves it out)');
  });

  it('are none where there is neither', async () => {
    expect(await own({ env: { HOME: '/home/a' } }).found()).toBeNull();
  });

  it('are reported if the file is not read, and the variable counts', async () => {
    const { found, written } = own({ env }, { text: null, refusal: 'EACCES' });
    expect((await found())?.value('format')).toBe('csv');
    expect(written.stderr).toBe(
      'tsnetstat: /home/a/.config/tsnetstat/options: not read: EACCES; --no-config leaves it out\n',
    );
  });

  it('with a mistake: the message names the way to do without them', async () => {
    const { found } = own({ env }, { text: '\n-r' });
    await expect(found()).rejects.toThrow(
      /options, line 2: --route: .* \(--no-config leaves it out\)$/,
    );
  });
});

describe('what is not provided here, and asked for by own options', () => {
  const words = '--tcp-info --columns src,rtt --sort -rto';
  const hint = ' (asked for by your own options; --no-config leaves them out)';
  it.each<[about: string, code: 'unsupported' | 'usage', argv: string[], expected: string]>([
    ['--tcp-info', 'unsupported', ['-t'], hint],
    ['rtt', 'unsupported', ['-t'], hint],
    ['rto', 'unsupported', ['-t'], hint],
    // They would not have failed.
    ['--workloads', 'unsupported', ['-t'], ''],
    ['cwnd', 'unsupported', ['-t'], ''],
    ['/proc/net/tcp', 'unsupported', ['-t'], ''],
    // The words that were typed ask for it, too.
    ['--tcp-info', 'unsupported', ['--tcp-info'], ''],
    ['rtt', 'unsupported', ['--columns=rtt,src'], ''],
    ['rtt', 'usage', ['-t'], ''],
  ])('%s, %s, beside %j: "%s"', async (path, code, argv, expected) => {
    const flags = await own({ env: { TSNETSTAT_OPTIONS: words } }).found();
    expect(flags).not.toBeNull();
    if (flags === null) return;
    expect(ownHint(new NetstatError(code, 'not here', { path }), flags, argv)).toBe(expected);
  });
});
