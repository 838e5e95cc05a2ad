import { describe, expect, it } from 'vitest';
import { unixServersTable } from '../../../../src/sources/linux/netlink/unix-servers.ts';
import type { TableQuery } from '../../../../src/sources/linux/sockets/table.ts';
import { warningSink } from '../../../support/source-answers.ts';
import { fakeProc } from '../support/fake-proc.ts';
import { type Answers, attributeBytes, done, fakeKernel, message } from './support.ts';

/** `struct unix_diag_msg` of a stream socket that listens, its name and its queue. */
function server(inode: number, name: Buffer, flags = 2): Buffer {
  const body = Buffer.alloc(16);
  body.set([1, 1, 10]);
  body.writeUInt32LE(inode, 4);
  const queue = Buffer.from(new Uint32Array([3, 128]).buffer);
  const attributes = [attributeBytes(0, name), attributeBytes(4, queue)];
  return message(20, Buffer.concat([body, ...attributes]), flags);
}

function servers(answers: Answers, socketInfo = true) {
  const { ask, log } = fakeKernel(answers);
  const sink = warningSink();
  const proc = { ...fakeProc({}), sockDiag: () => ask };
  const query = { socketInfo, warnings: sink } as unknown as TableQuery;
  const rows = [...(unixServersTable.readers[0]?.open(proc, query) ?? [])].flat();
  return { rows, warnings: sink.warnings, ...log };
}

describe('UNIX sockets that listen', () => {
  it.each([
    ['with their memory', true, 49],
    ['without', false, 17],
  ])('are asked for by state, %s', (_, socketInfo, show) => {
    const { requests: [sent = Buffer.alloc(0)] = [] } = servers(() => [done], socketInfo);
    // AF_UNIX, TCP_LISTEN, any inode.
    expect([sent[16], sent.readUInt32LE(20), sent.readUInt32LE(24), sent.readUInt32LE(28)]).toEqual(
      [1, 1 << 10, 0, show],
    );
  });

  it('are rows without what only their table has', () => {
    const { rows } = servers(() => [server(12, Buffer.from('/run/a b\0')), done]);
    expect(rows).toMatchObject([
      {
        ...{ protocol: 'unix', family: 'unix', type: 'STREAM', state: 'LISTENING', flags: 0x10000 },
        ...{ refCount: null, path: '/run/a b', inode: 12, recvQueue: 3, sendQueue: 0 },
        acceptQueue: { length: 3, limit: 128 },
      },
    ]);
  });

  it.each([
    ['a path, padded', '/run/x\0\0\0', '/run/x'],
    ['an abstract name', '\0a\0b', '@a@b'],
    ['an abstract name, padded', '\0a\0', '@a@'],
    ['a line break', '/run/x\ny', '/run/x\ny'],
  ])('have their names as the table shows them: %s', (_, name, path) => {
    const { rows } = servers(() => [server(12, Buffer.from(name)), done]);
    expect(rows).toMatchObject([{ path }]);
  });

  it('may be missing if the kernel was interrupted', () => {
    const { warnings } = servers(() => [server(12, Buffer.from('/run/x'), 0x12), done]);
    expect(warnings).toMatchObject([{ code: 'uncertain', source: 'sock_diag (unix)' }]);
  });
});
