import { describe, expect, it } from 'vitest';
import { ownOptions } from '../../src/commands/own-options.ts';
import type { Host } from '../../src/host.ts';
import { fakeHost } from '../support/fake-host.ts';

type Read = ReturnType<NonNullable<Host['readOwn']>>;

function own(argv: string[], changes: Partial<Host>, isTerminal = true, file: Read = null) {
  const asked: string[] = [];
  const { host, written } = fakeHost({
    readOwn: (path) => {
      asked.push(path);
      return file;
    },
    ...changes,
  });
  const stdout = { ...host.stdout, isTerminal };
  const found = () => ownOptions(argv, { ...host, stdout });
  return { found, asked, written };
}

const env = { TSNETSTAT_OPTIONS: '--format csv', HOME: '/home/a' };
const table: Read = { text: '--format table -n' };

describe("one's own options", () => {
  it.each<[string, string[], boolean, string | null]>([
    ['count on a terminal', [], true, 'csv'],
    ['do not count in a pipe', [], false, null],
    ['count there where they are asked for', ['--config'], false, 'csv'],
    ['do not count where they are not wanted', ['--no-config'], true, null],
  ])('%s', async (_, argv, isTerminal, expected) => {
    const flags = await own(argv, { env }, isTerminal, table).found();
    expect(flags?.value('format') ?? null).toBe(expected);
    // The file's count too, where the variable does not say otherwise.
    expect(flags?.has('numeric') ?? null).toBe(expected === null ? null : true);
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
    const { found, asked } = own([], changes);
    await found();
    expect(asked).toEqual(expected);
  });

  it.each<[string, string]>([
    ['--columns src,nope', 'unknown column "nope"'],
    ['--sort -nope', "--sort: sockets have no key 'nope'"],
  ])('that apply to no socket are reported with their position: %s', async (line, message) => {
    const { found } = own([], { env: { HOME: '/home/a' } }, true, { text: `-n\n${line}` });
    const place = '/home/a/.config/tsnetstat/options, line 2: ';
    await expect(found()).rejects.toThrow(`${place}${message}`);
    await expect(found()).rejects.toThrow('(--no-config leaves it out)');
  });

  it('are none where there is neither', async () => {
    expect(await own([], { env: { HOME: '/home/a' } }).found()).toBeNull();
  });

  it('are reported if the file is not read, and the variable counts', async () => {
    const { found, written } = own([], { env }, true, { text: null, refusal: 'EACCES' });
    expect((await found())?.value('format')).toBe('csv');
    expect(written.stderr).toBe(
      'tsnetstat: /home/a/.config/tsnetstat/options: not read: EACCES; --no-config leaves it out\n',
    );
  });

  it('with a mistake: the message names the way to do without them', async () => {
    const { found } = own([], { env }, true, { text: '\n-r' });
    await expect(found()).rejects.toThrow(
      /options, line 2: --route: .* \(--no-config leaves it out\)$/,
    );
  });
});
