import fc from 'fast-check';
import { inetDump } from '../../../../src/sources/linux/netlink/row-dump.ts';
import { type InetRequest, shownStates } from '../../../../src/sources/linux/netlink/sock-diag.ts';
import { type Answers, fakeKernel, inetBody, message } from './support.ts';

export const request: InetRequest = {
  family: 'inet',
  protocol: 'tcp',
  states: shownStates,
  attributes: [2],
  sequence: 7,
};

/** The message of a server on a port. */
export const socket = (port: number) =>
  message(20, inetBody({ state: 10, local: [[127, 0, 0, 1], port], remote: [[], 0], inode: port }));

/** What an answer has: the local ports of each batch, and how it ended. */
export function ports(answers: Answers) {
  const { ask, log } = fakeKernel(answers);
  const batches: number[][] = [];
  let interrupted = false;
  let failure: unknown = null;
  try {
    const dump = inetDump(ask, request, {});
    for (const batch of dump.batches) batches.push(batch.map(({ local }) => local.port));
    interrupted = dump.wasInterrupted();
  } catch (error) {
    failure = error;
  }
  return { batches, interrupted, failure, ...log };
}

const piece = fc.oneof(
  fc.integer({ min: 1, max: 65_535 }).map(socket),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => message(20, bytes)),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc
    .tuple(fc.integer({ min: 0, max: 400 }), fc.uint8Array({ maxLength: 40 }))
    .map(([length, bytes]) => {
      const lying = message(20, bytes);
      lying.writeUInt32LE(length, 0);
      return lying;
    }),
);

/** Datagrams with anything in them. */
export const anyDatagrams = fc.array(
  fc.array(piece, { maxLength: 5 }).map((all) => Buffer.concat(all)),
  { maxLength: 4 },
);
