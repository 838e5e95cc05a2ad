import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inputReader, type Press } from '../../../src/views/live/input.ts';

const key = (name: string) => ({ kind: 'key', name });
const text = (one: string) => ({ kind: 'text', text: one });

describe('what a terminal sends', () => {
  test.each([
    ['letters', 'qé', [text('q'), text('é')]],
    ['an emoji, as one character', '😀', [text('😀')]],
    ['arrows of xterm', '\x1b[A\x1b[B\x1b[C\x1b[D', ['up', 'down', 'right', 'left'].map(key)],
    ['arrows in application mode', '\x1bOA\x1bOB', ['up', 'down'].map(key)],
    ['arrows with Ctrl', '\x1b[1;5A', [key('up')]],
    [
      'Home and End of xterm, VT220, rxvt',
      '\x1b[H\x1b[F\x1b[1~\x1b[4~\x1b[7~\x1b[8~',
      ['home', 'end', 'home', 'end', 'home', 'end'].map(key),
    ],
    [
      'pages and Delete',
      '\x1b[5~\x1b[6~\x1b[3~\x1b[3;2~',
      ['pageup', 'pagedown', 'delete', 'delete'].map(key),
    ],
    [
      'Enter, Backspace, Ctrl-C',
      '\r\n\x7f\b\x03',
      ['enter', 'enter', 'backspace', 'backspace', 'ctrl-c'].map(key),
    ],
    [
      'the wheel',
      '\x1b[<64;1;1M\x1b[<65;1;1M',
      [
        { kind: 'wheel', by: -1 },
        { kind: 'wheel', by: 1 },
      ],
    ],
    [
      'a click, and not its release',
      '\x1b[<0;3;5M\x1b[<0;3;5m',
      [{ kind: 'click', column: 2, row: 4 }],
    ],
    [
      'the mouse of terminals without SGR: a click, not its release, the wheel',
      '\x1b[M #%\x1b[M##%\x1b[M`!!\x1b[Ma!!q',
      [
        { kind: 'click', column: 2, row: 4 },
        { kind: 'wheel', by: -1 },
        { kind: 'wheel', by: 1 },
        text('q'),
      ],
    ],
    // A cell beyond the 95th is a byte that is no character.
    ['such a click far to the right', '\x1b[M \ufffd!', []],
    ['Enter of the keypad', '\x1bOM', [key('enter')]],
    [
      'pasted text, whole',
      '\x1b[200~q\r\x1b[A\x1b[201~x',
      [{ kind: 'paste', text: 'q\r\x1b[A' }, text('x')],
    ],
    ['Escape twice', '\x1b\x1b[A', [key('escape'), key('up')]],
    ['what nobody knows', '\x1b[99z\x1b[?1;2c\x1b\x02', []],
    [
      'Escape and a letter at once, as a letter with Alt',
      '\x1bx\x1b\r',
      [
        { kind: 'escaped', key: { kind: 'text', text: 'x' } },
        { kind: 'escaped', key: { kind: 'key', name: 'enter' } },
      ],
    ],
    ['control characters without a meaning', '\x02\x1f\x9f', []],
  ] as const)('%s', (_name, sent, presses) => {
    expect(inputReader().read(sent)).toEqual(presses);
  });

  test('means the same in whatever pieces it comes', () => {
    const pieces = fc.array(
      fc.constantFrom(
        'q',
        '/',
        '\x1b[A',
        '\x1bOB',
        '\x1b[5~',
        '\x1b[<65;10;20M',
        '\x1b[200~ab\x1b[201~',
        'é',
        '\r',
      ),
    );
    fc.assert(
      fc.property(pieces, fc.array(fc.nat(6)), (all, cuts) => {
        const whole = all.join('');
        const split = inputReader();
        const presses: Press[] = [];
        let at = 0;
        for (const cut of [...cuts, whole.length]) {
          presses.push(...split.read(whole.slice(at, at + cut)));
          at += cut;
        }
        expect(presses).toEqual(inputReader().read(whole));
      }),
    );
  });

  test('ESC alone is the key once nothing came behind it', () => {
    const reader = inputReader();
    expect(reader.read('\x1b')).toEqual([]);
    expect(reader.isWaiting).toBe(true);
    expect(reader.flush()).toEqual([key('escape')]);
    expect(reader.isWaiting).toBe(false);
    expect(reader.flush()).toEqual([]);
  });

  test('of a paste that is too long no part is a key', () => {
    const long = `\x1b[200~${'q'.repeat(150_000)}\x1b[201~x`;
    for (const size of [150, 4096, 65_535, 65_536, 1_000_000]) {
      const reader = inputReader();
      const presses: Press[] = [];
      for (let at = 0; at < long.length; at += size) {
        presses.push(...reader.read(long.slice(at, at + size)));
        expect(reader.flush()).toEqual([]);
      }
      expect(presses).toEqual([{ kind: 'paste', text: expect.stringMatching(/^q+$/) }, text('x')]);
      expect((presses[0] as { text: string }).text.length).toBeLessThanOrEqual(65_536);
      expect(reader.isWaiting).toBe(false);
    }
  });

  test('ESC that begins the mark behind a long paste is no key', () => {
    const reader = inputReader();
    reader.read(`\x1b[200~${'q'.repeat(70_000)}`);
    expect(reader.read('\x1b[20')).toEqual([]);
    expect(reader.isWaiting).toBe(false);
    expect(reader.read('1~q')).toEqual([text('q')]);
  });

  test.each([10, 70_000])('Ctrl-C ends a paste of %i characters that has no end', (length) => {
    const reader = inputReader();
    reader.read(`\x1b[200~${'q'.repeat(length)}`);
    expect(reader.read('\x03')).toEqual([key('ctrl-c')]);
    expect(reader.read('q')).toEqual([text('q')]);
  });

  test('never holds on to what has no end', () => {
    const reader = inputReader();
    expect(reader.read(`\x1b[${'1;'.repeat(100)}`)).toEqual([]);
    expect(reader.read('q')).toEqual([text('q')]);
    expect(inputReader().read(`\x1b[200~${'x'.repeat(70_000)}`)).toHaveLength(1);
  });
});
