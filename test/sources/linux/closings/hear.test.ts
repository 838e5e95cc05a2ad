import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { hear } from '../../../../src/sources/linux/closings/hear.ts';

const { EAGAIN, EINTR, ENOBUFS, EBADF, EPERM, EIO } = constants.errno;

/** What is heard of descriptors that answer so, one call after another, then EAGAIN. */
function heard(answers: Readonly<Record<number, readonly (string | number)[]>>, room = 100) {
  const left = new Map(Object.entries(answers).map(([fd, all]) => [Number(fd), [...all]]));
  const messages: string[] = [];
  const receive = (descriptor: number, bytes: Uint8Array) => {
    const next = left.get(descriptor)?.shift() ?? -EAGAIN;
    return typeof next === 'number'
      ? next
      : Buffer.from(bytes.buffer, bytes.byteOffset).write(next);
  };
  const ears = [...left.keys()].map((descriptor) => ({ descriptor, number: descriptor * 10 }));
  const again = hear({ receive }, ears, (number, said) => {
    if (messages.length >= room) return false;
    const text = said instanceof Uint8Array ? Buffer.from(said) : (said ?? 'lost');
    messages.push(`${number} ${text}`);
    return true;
  });
  return {
    messages,
    left: [...left.values()].flat(),
    again: again.map(({ descriptor }) => descriptor),
  };
}

describe('what is received', () => {
  it.each<[string, Parameters<typeof heard>[0], readonly string[]]>([
    ['nothing', { 1: [] }, []],
    ['one descriptor after another', { 1: ['a', 'b'], 2: ['c'] }, ['10 a', '10 b', '20 c']],
    ['that the kernel lost some', { 1: ['a', -ENOBUFS, 'b'] }, ['10 a', '10 lost', '10 b']],
    ['a signal between', { 1: ['a', -EINTR, 'b'] }, ['10 a', '10 b']],
  ])('%s', (_, answers, expected) => {
    const { messages, again } = heard(answers);
    expect(messages).toEqual(expected);
    expect(again).toEqual(Object.keys(answers).map(Number));
  });

  it.each([EBADF, EPERM, EIO])('errno %i ends a descriptor, and no other', (errno) => {
    const { messages, left, again } = heard({ 1: ['a', -errno, 'never'], 2: ['c'] });
    expect(messages).toEqual(['10 a', `10 ${-errno}`, '20 c']);
    expect(left).toEqual(['never']);
    expect(again).toEqual([2]);
  });

  it('is no longer listened to once no caller takes it', () => {
    const { messages, left } = heard({ 1: ['a', 'b', 'c', 'd'] }, 2);
    expect(messages).toEqual(['10 a', '10 b']);
    expect(left).toEqual(['d']);
  });

  it('one descriptor does not keep the next from its turn', () => {
    const endless = new Array<string>(5000).fill('x');
    expect(heard({ 1: endless, 2: ['y'] }, 10_000).messages.at(-1)).toBe('20 y');
  });
});
