import { openSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type DiagSockets, sockDiag } from '../../../../src/sources/linux/netlink/diag-file.ts';
import { isOpen } from '../support/is-open.ts';
import { withFile } from '../support/temporary-file.ts';
import { done, message } from './support.ts';

const request = Buffer.alloc(16);

/** Reads so many bytes of an answer, and closes it: the descriptor, and what was taken back. */
async function closedAfter(answer: Buffer, isBig: boolean, others: Partial<DiagSockets> = {}) {
  const kept: number[] = [];
  const opened: number[] = [];
  // What is written stands before what is read.
  return withFile(Buffer.concat([request, answer]), (path) => {
    const ask = sockDiag({
      openSockDiag() {
        opened.push(openSync(path, 'r+'));
        return opened.at(-1) as number;
      },
      keep: (descriptor) => kept.push(descriptor),
      ...others,
    });
    const file = ask(request, isBig);
    file.read(Buffer.alloc(1024), 0);
    file.close();
    return { kept: kept.length === 1 && kept[0] === opened[0], open: opened.some(isOpen) };
  });
}

it('says why a socket could not be opened', () => {
  const ask = sockDiag({ openSockDiag: () => -13 });
  expect(() => ask(request, false)).toThrow(
    expect.objectContaining({ name: 'NetlinkError', code: 'EACCES' }),
  );
});

it('takes back a socket whose answer has ended', async () => {
  expect(await closedAfter(done, false)).toEqual({ kept: true, open: true });
});

it('closes one that has more to say, whose rest would be taken for the next answer', async () => {
  const row = message(20, Buffer.alloc(72));
  expect(await closedAfter(row, false)).toEqual({ kept: false, open: false });
});

it('closes one that another thread reads', async () => {
  const readAhead = () => ({ next: () => null, stop: () => {} }) as never;
  expect(await closedAfter(done, true, { readAhead })).toEqual({ kept: false, open: false });
});
