import { describe, expect, it } from 'vitest';
import { chalkPaint } from '../../../src/views/text/chalk-paint.ts';
import { statesOf } from '../../support/states-of.ts';

const escapeCharacter = String.fromCharCode(27);
const escapes = new RegExp(`${escapeCharacter}\\[[0-9;]*m`, 'g');

describe.each([1, 2, 3] as const)('chalkPaint at level %i', (level) => {
  it.each([
    ['TCP', statesOf('tcp')],
    ['SCTP', statesOf('sctp').filter((state) => state !== 'CLOSED')],
  ])('distinguishes the states of %s', async (_, states) => {
    const paint = await chalkPaint(level);
    const looks = states.map((state) => paint.state(state, 'x'));
    expect(new Set(looks).size).toBe(states.length);
  });

  it('colours whatever it is given and leaves the text alone', async () => {
    const paint = await chalkPaint(level);
    const painted = [
      paint.state('LISTEN', 'LISTEN     '),
      paint.state('UNKNOWN(99)', 'UNKNOWN(99)'),
      ...[paint.heading('Proto'), paint.quiet('-'), paint.strong('nginx')],
    ];
    const bare = painted.map((text) => text.replace(escapes, ''));
    expect(bare).toEqual(['LISTEN     ', 'UNKNOWN(99)', 'Proto', '-', 'nginx']);
    for (const text of painted) expect(text).toContain(`${escapeCharacter}[`);
  });

  it('distinguishes good from bad', async () => {
    const paint = await chalkPaint(level);
    const tones = ['alarm', 'caution', 'neutral', 'good'] as const;
    expect(new Set(tones.map((tone) => paint.tone(tone, 'x'))).size).toBe(tones.length);
  });

  it("does not depend on the environment's settings of colour", async () => {
    const before = process.env.NO_COLOR;
    process.env.NO_COLOR = '1';
    try {
      expect((await chalkPaint(level)).strong('x')).toContain(escapeCharacter);
    } finally {
      if (before === undefined) delete process.env.NO_COLOR;
      else process.env.NO_COLOR = before;
    }
  });
});
