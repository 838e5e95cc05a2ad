import { expect, it } from 'vitest';
import { keptMessages } from '../../../../src/sources/linux/netlink/kept-messages.ts';

/** A message that begins with its length, and ends with a number. */
function message(length: number, number: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUInt32LE(length, 0);
  bytes.writeUInt32LE(number, length - 4);
  return bytes;
}

const lastNumber = (bytes: Buffer, at: number, end: number) => [
  end - at,
  bytes.readUInt32LE(end - 4),
];

it('finds each message again, however many and long they are, after its datagram is gone', () => {
  const messages = keptMessages();
  const lengths = [8, 100, 60_000, 200_000];
  const inodes = Array.from({ length: 2000 }, (_, i) => i + 1);
  const lengthOf = (inode: number) =>
    inode % 500 === 0 ? (lengths[inode / 500 - 1] as number) : 100;
  for (const inode of inodes) {
    const datagram = Buffer.concat([Buffer.alloc(4), message(lengthOf(inode), inode)]);
    messages.keep(inode, datagram, 4, datagram.length);
    datagram.fill(0xff);
  }
  expect(messages.size).toBe(2000);
  expect(inodes.map((inode) => messages.find(inode, lastNumber))).toEqual(
    inodes.map((inode) => [lengthOf(inode), inode]),
  );
  expect(messages.find(2001, lastNumber)).toBeNull();
});

it('finds the last one of an inode', () => {
  const messages = keptMessages();
  for (const number of [1, 2]) messages.keep(7, message(8 * number, number), 0, 8 * number);
  expect(messages.find(7, lastNumber)).toEqual([16, 2]);
  expect(messages.size).toBe(1);
});
