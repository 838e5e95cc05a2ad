import { describe, expect, it } from 'vitest';
import { decodeFrames, FrameError } from '../../../src/sources/remote/frames.ts';

const token = '0123456789abcdef0123456789abcdef';
const bounds = { total: 100_000, before: 1000 };

/** What came of a stream, given in pieces of so many bytes. */
function taken(stream: string | Buffer, size = Number.POSITIVE_INFINITY, within = bounds) {
  const events: unknown[] = [];
  const frames = decodeFrames(
    token,
    {
      line: (words) => events.push(words.join(' ')),
      file: (path, bytes) => events.push({ [path]: bytes.toString('latin1') }),
      blob: (name, bytes, status) => events.push([name, bytes.toString('latin1'), status]),
    },
    within,
  );
  const bytes = typeof stream === 'string' ? Buffer.from(stream, 'latin1') : stream;
  for (let at = 0; at < bytes.length; at += size) {
    frames.take(bytes.subarray(at, Math.min(at + size, bytes.length)));
  }
  return { events, frames };
}

/** An environment with the token in it, as it stands between files. */
const between = `PATH=/bin\0T=${token}\0`;
const begin = `\n${token} 1 Linux\n`;

describe('decodeFrames', () => {
  const files = `${begin}${token} files net/tcp net/udp 1/cmdline\n${between}${between}a\nb${between}${between}sleep\x001\0${between}\n${token} bye\n`;
  const whole = [
    '1 Linux',
    { 'net/tcp': 'a\nb' },
    { 'net/udp': '' },
    { '1/cmdline': 'sleep\x001\0' },
    'bye',
  ];

  it.each([1, 2, 3, 7, 16, 33, 64, 1000])('reads files in pieces of %d bytes', (size) => {
    expect(taken(files, size).events).toEqual(whole);
  });

  it.each([1, 5, 1000])('reads blobs with their status in pieces of %d bytes', (size) => {
    const stream = `${begin}${token} blob ip\n[{}]\n\n${token} end 0\n${token} blob fd\n\n${token} end 127\n`;
    expect(taken(stream, size).events).toEqual([
      '1 Linux',
      ['ip', '[{}]\n', '0'],
      ['fd', '', '127'],
    ]);
  });

  it('passes over what comes before the beginning, and keeps it for messages', () => {
    const { events, frames } = taken(`Welcome\nLast login: no end${begin}${token} net\n`);
    expect(events).toEqual(['1 Linux', 'net']);
    expect(frames.before.toString()).toContain('Welcome\nLast login: no end\n');
  });

  it('takes nothing for a frame that another token begins', () => {
    const other = 'f'.repeat(32);
    const inFile = `\n${other} bye\n${other} files x\n`;
    const stream = `${other} 1 Linux\n${begin}${token} files a\n${between}${between}${inFile}${between}\n${other} bye\n`;
    expect(taken(stream).events).toEqual(['1 Linux', { a: inFile }]);
  });

  it.each([
    ['nothing but noise', 'x'.repeat(1001), 'too much text before it'],
    ['lines of noise', 'y\n'.repeat(600), 'too much text before it'],
    ['another version', `${token} 2 Linux\n`, 'version 2 of the answer'],
    [
      'lines with the ends of a terminal',
      `\r\n${token} 1 Linux\r\n`,
      'it has passed a terminal, which changes the ends of lines',
    ],
    [
      'the echo of a terminal',
      `# T=${token}\r\n# echo "$T 1 $K"\r\n# ${token} 1 Linux\r\n${token} net\r\n`,
      'it has passed a terminal, which changes the ends of lines',
    ],
    [
      'what a shell sends that was not told the token',
      'Welcome\n\n 1 Linux\n',
      'a start-up file there reads standard input, and so the question',
    ],
    ['more than is read', begin + 'x\n'.repeat(50_000), 'it is too long'],
    [
      'files that no program sent',
      `${begin}${token} files a\n${token}one${token}two${token}`,
      'files without a separator; could cat or head not be started there?',
    ],
  ])('refuses %s', (_, stream, message) => {
    expect(() => taken(stream)).toThrow(new FrameError(message));
    expect(() => taken(stream, 100)).toThrow(new FrameError(message));
  });

  it('refuses lines and separators that have no end', () => {
    const wide = { total: 10_000_000, before: 1000 };
    const endless = 'x'.repeat(300_000);
    for (const stream of [begin + endless, `${begin}${token} files a\n${endless.repeat(3)}`]) {
      expect(() => taken(stream, 65_536, wide)).toThrow(FrameError);
    }
  });
});
