import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../src/errors.ts';
import { type Debugging, debugging } from '../../src/process/debug.ts';

/** A clock that stands still but for `pass`. */
function fakeClock() {
  let time = 0;
  return { now: () => time, pass: (milliseconds: number) => (time += milliseconds) };
}

/** The times of a report by stage, in the report's order. */
function times(debug: Debugging): string {
  return [...debug.report().matchAll(/^tsnetstat: debug: +([\d.]+) ms {2}(\S+)$/gm)]
    .map(([, time, stage]) => `${stage} ${time}`)
    .join(', ');
}

describe('the stages', () => {
  it('share all of the time', () => {
    const { now, pass } = fakeClock();
    const debug = debugging(now);
    pass(20);
    debug.enter('options');
    pass(1.26);
    debug.enter('read');
    pass(3);
    expect(times(debug)).toBe('start 20.0, options 1.3, read 3.0, total 24.3');
  });

  it('may be gone back to', () => {
    const { now, pass } = fakeClock();
    const debug = debugging(now);
    debug.enter('format');
    pass(1);
    const before = debug.enter('write');
    pass(10);
    debug.enter(before);
    pass(2);
    expect(before).toBe('format');
    expect(times(debug)).toBe('start 0.0, format 3.0, write 10.0, total 13.0');
  });

  it('are printed one a line, with the unit', () => {
    const { now, pass } = fakeClock();
    const debug = debugging(now);
    pass(12.34);
    expect(debug.report()).toBe(
      'tsnetstat: debug:      12.3 ms  start\ntsnetstat: debug:      12.3 ms  total\n',
    );
  });
});

describe('timed', () => {
  /** Two items, each of which takes a while. */
  async function* slow(pass: (milliseconds: number) => void, each: number, log: string[] = []) {
    try {
      pass(each);
      yield 'a';
      pass(each);
      yield 'b';
      pass(each);
    } finally {
      log.push('closed');
    }
  }

  it('gives a stage the time in which items are made, and the puller all other', async () => {
    const { now, pass } = fakeClock();
    const debug = debugging(now);
    debug.enter('format');
    const items: string[] = [];
    for await (const item of debug.timed('read', slow(pass, 5))) {
      items.push(item);
      pass(1);
    }
    expect(items).toEqual(['a', 'b']);
    expect(times(debug)).toBe('start 0.0, format 2.0, read 15.0, total 17.0');
  });

  it('leaves to an inner stage what is the inner one’s', async () => {
    const { now, pass } = fakeClock();
    const debug = debugging(now);
    async function* sorted() {
      const all: string[] = [];
      for await (const item of debug.timed('read', slow(pass, 5))) all.push(item);
      pass(2);
      yield all;
    }
    for await (const _ of debug.timed('sort', sorted())) pass(1);
    expect(times(debug)).toBe('start 1.0, sort 2.0, read 15.0, total 18.0');
  });

  it('ends what it pulls from where it is itself ended early', async () => {
    const { now, pass } = fakeClock();
    const log: string[] = [];
    for await (const _ of debugging(now).timed('read', slow(pass, 1, log))) break;
    expect(log).toEqual(['closed']);
  });

  it('passes a failure on and goes back to the puller’s stage', async () => {
    const { now, pass } = fakeClock();
    const debug = debugging(now);
    async function* failing(): AsyncGenerator<string> {
      pass(3);
      yield* [];
      throw new Error('gone');
    }
    debug.enter('format');
    await expect(async () => {
      for await (const _ of debug.timed('read', failing())) pass(100);
    }).rejects.toThrow('gone');
    pass(1);
    expect(times(debug)).toBe('start 0.0, format 1.0, read 3.0, total 4.0');
  });
});

describe('an error', () => {
  const report = (error: unknown) => {
    const debug = debugging(() => 0);
    debug.failed(error);
    return debug
      .report()
      .split('\n')
      .filter((line) => line !== '' && !line.endsWith('start') && !line.endsWith('total'));
  };
  const ownLines = (error: unknown) => report(error).filter((line) => !line.startsWith('    at '));

  it('of this program’s is printed with its code and path, and each of its causes', () => {
    const system = Object.assign(new Error("EACCES: permission denied, open '/proc/net/tcp'"), {
      errno: -13,
      code: 'EACCES',
      syscall: 'open',
      path: '/proc/net/tcp',
    });
    const cause = new Error('reading failed', { cause: system });
    expect(
      ownLines(new NetstatError('unreadable', 'no', { path: '/proc/net/tcp', cause })),
    ).toEqual([
      'tsnetstat: debug: unreadable error, path /proc/net/tcp',
      'tsnetstat: debug: caused by Error: reading failed',
      "tsnetstat: debug: caused by Error: EACCES: permission denied, open '/proc/net/tcp', code EACCES, errno -13, syscall open, path /proc/net/tcp",
    ]);
  });

  it('is printed with the position of each, below it', () => {
    const lines = report(new NetstatError('usage', 'no', { cause: new Error('why') }));
    const places = lines.map((line) => /^ {4}at .*debug\.test\.ts:\d+:\d+\)?$/.test(line));
    expect(places.indexOf(true)).toBe(1);
    const second = lines.indexOf('tsnetstat: debug: caused by Error: why');
    expect(places[second + 1]).toBe(true);
  });

  it('of another kind was already printed with its stack: only its causes are left', () => {
    expect(report(new TypeError('odd'))).toEqual([]);
    expect(ownLines(new TypeError('odd', { cause: new Error('why') }))).toEqual([
      'tsnetstat: debug: caused by Error: why',
    ]);
  });

  it.each<[string, unknown, string]>([
    ['text', 'no reason', 'no reason'],
    ['null', null, 'null'],
    ['an object without text', Object.create(null), 'object'],
  ])('may be caused by %s', (_, cause, shown) => {
    expect(ownLines(new Error('odd', { cause }))).toEqual([`tsnetstat: debug: caused by ${shown}`]);
  });

  it('ends somewhere, even where it causes itself', () => {
    const error = new Error('odd');
    error.cause = error;
    expect(ownLines(error)).toHaveLength(10);
  });

  it('is safe to print, whatever others put into it', () => {
    const cause = Object.assign(new Error('a\n    at forged (file:1:1)\n\u001b[31m'), {
      path: '/x\ntsnetstat: all is well\u202e',
      code: '\u0007',
    });
    const lines = report(new NetstatError('unreadable', 'no', { path: '/\n', cause }));
    expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(lines.filter((line) => /forged/.test(line))).toEqual([
      'tsnetstat: debug: caused by Error: a\\x0a    at forged (file:1:1)\\x0a\\x1b[31m, code \\x07, path /x\\x0atsnetstat: all is well\\u202e',
    ]);
  });
});
