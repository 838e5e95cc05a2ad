import { describe, expect, it } from 'vitest';
import { unixPeers } from '../../../../src/sources/linux/netlink/unix-peers.ts';
import { warningSink } from '../../../support/source-answers.ts';
import { fakeProc } from '../support/fake-proc.ts';
import {
  type Answers,
  attributeBytes,
  done,
  doneWith,
  fakeKernel,
  message,
  refusal,
} from './support.ts';

/** `struct unix_diag_msg` and a peer's inode; null: without that attribute. */
function socket(inode: number, peer: number | null): Buffer {
  const body = Buffer.alloc(16);
  body.set([1, 1, 1]);
  body.writeUInt32LE(inode, 4);
  if (peer === null) return message(20, body);
  const value = Buffer.alloc(4);
  value.writeUInt32LE(peer);
  const name = attributeBytes(0, Buffer.from('/run/a'));
  return message(20, Buffer.concat([body, name, attributeBytes(2, value)]));
}

function peers(answers: Answers | null, isLive = true) {
  const kernel = answers && fakeKernel(answers);
  const asked: unknown[] = [];
  const sockDiag = (...args: unknown[]) => {
    asked.push(args);
    return kernel?.ask ?? null;
  };
  const sink = warningSink();
  const found = unixPeers({ ...fakeProc({}), sockDiag }, isLive, sink);
  return { found, asked, warnings: sink.warnings, ...kernel?.log };
}

describe('the peers of UNIX sockets', () => {
  it('are asked for in the form of struct unix_diag_req', () => {
    const { requests: [sent = Buffer.alloc(0)] = [], asked } = peers(() => [done]);
    // It stands in no file, so the kernel is to be asked whatever is read otherwise.
    expect(asked).toEqual([['net/unix', true]]);
    expect([sent.length, sent.readUInt32LE(0), sent.readUInt16LE(4), sent.readUInt16LE(6)]).toEqual(
      [40, 40, 20, 0x301],
    );
    // AF_UNIX, any state, any inode, UDIAG_SHOW_PEER.
    expect([sent[16], sent.readUInt32LE(20), sent.readUInt32LE(24), sent.readUInt32LE(28)]).toEqual(
      [1, 0xffffffff, 0, 4],
    );
  });

  it('are found by inode; 0 is none, and what has none is left out', () => {
    const first = Buffer.concat([socket(11, 12), socket(12, 11), socket(13, null)]);
    const { found, warnings, closed } = peers(() => [
      first,
      Buffer.concat([socket(14, 0), socket(4294967295, 14), done]),
    ]);
    expect([...(found ?? [])]).toEqual([
      [11, 12],
      [12, 11],
      [14, 0],
      [4294967295, 14],
    ]);
    expect(warnings).toEqual([]);
    expect(closed).toBe(1);
  });

  it('are not those of a connection that is not accepted yet', () => {
    expect([...(peers(() => [socket(0, 12), done]).found ?? [])]).toEqual([]);
  });

  it.each<[string, Answers | null, string]>([
    ['is not to be asked', null, '--source proc was given)'],
    ['refuses', () => [refusal(2)], 'is missing: ENOENT)'],
    ['says at the end that it has no such list', () => [doneWith(2)], 'is missing: ENOENT)'],
    ['breaks off', () => [Object.assign(new Error('time'), { code: 'EAGAIN' })], 'here (EAGAIN)'],
  ])('are null if the kernel %s, with one warning', (_, answers, why) => {
    const { found, warnings } = peers(answers);
    expect(found).toBeNull();
    expect(warnings).toMatchObject([{ code: 'incomplete', source: '/proc/net/unix' }]);
    expect(warnings[0]?.message).toContain('unix_diag');
    expect(warnings[0]?.message.endsWith(why)).toBe(true);
  });

  it('are reported as far as the kernel got', () => {
    const { found, warnings } = peers(() => [socket(11, 12), refusal(12)]);
    expect([...(found ?? [])]).toEqual([[11, 12]]);
    expect(warnings).toMatchObject([{ code: 'incomplete' }]);
  });

  it('may be incomplete where the kernel was interrupted', () => {
    const marked = message(3, Buffer.alloc(4), 2 | 0x10);
    expect(peers(() => [socket(11, 12), marked]).warnings).toMatchObject([{ code: 'uncertain' }]);
  });

  it('are null for a capture, which misses nothing here', () => {
    expect(peers(null, false).warnings).toMatchObject([
      { message: expect.stringMatching(/--proc-root/) },
    ]);
  });

  it('does not hide an error of our own code', () => {
    expect(() => peers(() => [new TypeError('x')])).toThrow(TypeError);
  });
});
