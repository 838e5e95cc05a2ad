import { describe, expect, it } from 'vitest';
import { attributeValue, valueAt } from '../../../../src/sources/linux/netlink/attributes.ts';
import { attributeBytes } from './support.ts';

/** An attribute whose header says this length, with no value. */
function header(length: number, type: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(length, 0);
  bytes.writeUInt16LE(type, 2);
  return bytes;
}

const find = (bytes: Buffer, type: number, end = bytes.length) =>
  attributeValue(bytes, 0, end, type)?.toString() ?? null;

describe('an attribute of a message', () => {
  const message = Buffer.concat([
    attributeBytes(1, Buffer.from('a')),
    attributeBytes(0x102, Buffer.from('far')),
    attributeBytes(2, Buffer.from('near')),
    attributeBytes(2, Buffer.from('late')),
    attributeBytes(3, Buffer.from('x'.repeat(300))),
    attributeBytes(4, Buffer.alloc(0)),
  ]);

  it('is the first of its type, whatever their lengths', () => {
    expect([1, 2, 0x102, 3, 4].map((type) => find(message, type))).toEqual([
      ...['a', 'near', 'far', 'x'.repeat(300), ''],
    ]);
    expect(find(message, 5)).toBeNull();
  });

  it.each([
    ['nested', 0x8000],
    ['in the order of networks', 0x4000],
  ])('may be marked as %s', (_, mark) => {
    const bytes = attributeBytes(mark | 7, Buffer.from('ab'));
    expect(find(bytes, 7)).toBe('ab');
  });

  it('is not looked for behind the end, nor where the message starts', () => {
    expect(find(message, 2, 15)).toBeNull();
    expect(valueAt(message, 8, message.length, 1)).toBe(-1);
  });

  it.each([0, 1, 2, 3])(
    'cannot be found behind one that is shorter than its header: %i',
    (length) => {
      const bytes = Buffer.concat([header(length, 1), attributeBytes(2, Buffer.from('ab'))]);
      expect([find(bytes, 1), find(bytes, 2)]).toEqual([null, null]);
    },
  );

  it('is none if it ends behind the message', () => {
    expect(find(header(5, 1), 1)).toBeNull();
    expect(find(header(4, 1), 1)).toBe('');
  });
});
