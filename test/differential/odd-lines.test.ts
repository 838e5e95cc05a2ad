/** Lines that are no row, and rows in unusual form: both programs must make the same of them. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeProc } from './proc-folder.ts';
import { inetHeader, unixHeader } from './proc-tables.ts';
import { skipReason, startZoo, type Zoo } from './zoo.ts';

const v4 = ['0100007F', 'FE02000A'] as const;
const v6 = ['00000000000000000000000001000000', 'B80D0120000000000000000001000000'] as const;

function row([local, remote]: readonly [string, string], port: string, rest = ''): string {
  return (
    `   0: ${local}:${port} ${remote}:0009 01 00000005:0000000A 00:00000000 00000000     0` +
    `        0 4711${rest}`
  );
}

/** Each makes one line out of a good row; null is no line at all. */
const inetLines: Readonly<Record<string, (good: string) => string>> = {
  'an empty line': () => '',
  blanks: () => '          ',
  words: () => 'this is no row',
  'a number only': () => '   7:',
  'cut after the addresses': (good) => good.split(' 01 ')[0] ?? '',
  'cut after the state': (good) => good.slice(0, good.indexOf(' 01 ') + 3),
  'no number in front': (good) => good.replace('0:', 'x:'),
  'an address that is not hexadecimal': (good) => good.replace(/: ../, ': ZZ'),
  'small letters': (good) => good.toLowerCase(),
  'ends after the inode': (good) => good,
  'more columns than known': (good) => `${good} 1 ffff8880 100 0 0 10 0 and more to come`,
  'blanks at the end': (good) => good.padEnd(149),
  'a great number in front': (good) => good.replace('   0:', '123456789:'),
  'a user past 2^31 with a sign': (good) =>
    good.replace('     0        0 4711', '    -2        0 4711'),
  'a time-out below zero': (good) => good.replace('        0 4711', '       -1 4711'),
  'a number in front below zero': (good) => good.replace('   0:', '  -1:'),
  'one-digit fields': (good) =>
    good.replace(' 01 00000005:0000000A 00:00000000 00000000 ', ' 1 5:A 0:0 0 '),
};

const unixStart = '0000000000000000: 00000002 00000000 00010000 0001 01';
const unixLines: Readonly<Record<string, string>> = {
  'an empty line': '',
  words: 'the rest of a path with a line break',
  'cut after the flags': '0000000000000000: 00000002 00000000 00010000',
  'cut after the type': '0000000000000000: 00000002 00000000 00010000 0001',
  'no path': `${unixStart}  4712`,
  'a path': `${unixStart}  4712 /run/some.sock`,
  'a path that is a number': `${unixStart}  4712 4713`,
  'a full pointer': `ffff88803a2b1c00${unixStart.slice(16)}  4712 @x`,
  'an abstract name padded with NUL': `${unixStart}  4712 @name${'\0'.repeat(20)}`,
  'a name with NUL in it': `${unixStart}  4712 @name\0more`,
  'backslashes that escape nothing': `${unixStart}  4712 /run/a\\x2db\\n.sock`,
  'a wide inode': `${unixStart} 4294967295 /run/wide`,
};

describe.skipIf(skipReason)(`odd lines ${skipReason ?? ''}`, () => {
  let zoo: Zoo;
  let made = 0;

  beforeAll(async () => {
    zoo = await startZoo('empty');
  });
  afterAll(() => zoo?.stop());

  async function compare(files: Record<string, string>, args: readonly string[]): Promise<string> {
    made += 1;
    const proc = join(zoo.folder, `proc-${made}`);
    writeProc(proc, { files, links: {} });
    const theirs = (await zoo.netstat(args, { proc })).stdout.toString('latin1');
    const ours = await zoo.tsnetstat(['--proc-root', proc, ...args]);
    // A line that is no row may be the rest of a path that holds a line break: it is shown there.
    const printed = ours.stdout
      .toString('latin1')
      .replace(/^(unix .*\/run\/before)\\x0a.*$/m, '$1');
    expect(printed, ours.stderr).toBe(theirs);
    return theirs;
  }

  const flags = { tcp: '-tan', udp: '-uan', udplite: '-Uan', raw: '-wan' };

  describe.each(Object.entries(flags))('%s', (protocol, flag) => {
    it.each(Object.entries(inetLines))('%s', async (_, change) => {
      const table = (ends: readonly [string, string]) =>
        [inetHeader, row(ends, '0001'), change(row(ends, '0002')), row(ends, '0003'), ''].join(
          '\n',
        );
      const files = { [`net/${protocol}`]: table(v4), [`net/${protocol}6`]: table(v6) };
      const printed = await compare(files, [`${flag}eo`]);
      expect(printed.match(/:[13] /g)).toHaveLength(4);
    });

    it('no line break at the end', async () => {
      const table = (ends: readonly [string, string]) => `${inetHeader}\n${row(ends, '0001')}`;
      const files = { [`net/${protocol}`]: table(v4), [`net/${protocol}6`]: table(v6) };
      expect((await compare(files, [flag])).match(/:1 /g)).toHaveLength(2);
    });

    it('an empty file', async () => {
      await compare({ [`net/${protocol}`]: '', [`net/${protocol}6`]: '' }, [flag]);
    });

    it('a header and no row', async () => {
      const files = { [`net/${protocol}`]: `${inetHeader}\n`, [`net/${protocol}6`]: inetHeader };
      await compare(files, [flag]);
    });

    it('no table for IPv6', async () => {
      const files = { [`net/${protocol}`]: `${inetHeader}\n${row(v4, '0001')}\n` };
      expect((await compare(files, [flag])).match(/:1 /g)).toHaveLength(1);
    });
  });

  it('tables missing that no flag names', async () => {
    const files = { 'net/tcp': `${inetHeader}\n${row(v4, '0001')}\n` };
    await compare(files, ['-an']);
    await compare({ 'net/unix': `${unixHeader}\n${unixStart} 4712 /run/x\n` }, ['-an']);
  });

  it.each(Object.entries(unixLines))('unix: %s', async (_, line) => {
    const before = `${unixStart}  4710 /run/before`;
    const after = `${unixStart}  4714 /run/after`;
    const printed = await compare(
      { 'net/unix': [unixHeader, before, line, after, ''].join('\n') },
      ['-xa'],
    );
    expect(printed).toContain('/run/before\n');
    expect(printed).toContain('/run/after\n');
  });
});
