import { describe, expect, it } from 'vitest';
import type { InetSocket } from '../../../../src/model/socket.ts';
import { diagReader } from '../../../../src/sources/linux/netlink/diag-reader.ts';
import { warningSink } from '../../../support/source-answers.ts';
import { fakeProc } from '../support/fake-proc.ts';
import { type Answers, done, fakeKernel, type InetBody, inetBody, message } from './support.ts';

const any = new Array<number>(16).fill(0);
const body = (socket: InetBody) => message(20, inetBody(socket));

function rows(answers: Answers, listeningOnly = false, family: 'inet' | 'inet6' = 'inet') {
  const { ask, log } = fakeKernel(answers);
  const warnings = warningSink();
  const reader = diagReader('tcp', family, 'tcp');
  const proc = { ...fakeProc({}), sockDiag: () => ask };
  const query = {
    listeningOnly,
    tcpInfo: false,
    packed: null,
    families: [family],
    kept: new Map(),
    isTaken: () => false,
    warnings,
  };
  const sockets = [...reader.open(proc, query)].flat() as InetSocket[];
  return { sockets, requests: log.requests, warnings: warnings.warnings };
}

/** A request is for listeners alone. */
const isForListeners = (request: Buffer) => request.readUInt32LE(20) === 1 << 10;

describe('the reader of sock_diag', () => {
  it('asks for listeners alone where they alone are wanted', () => {
    const { requests } = rows(() => [done], true);
    expect(requests.map(isForListeners)).toEqual([true]);
  });

  it('does without where the kernel is not to be asked', () => {
    const query = {
      listeningOnly: false,
      tcpInfo: false,
      packed: null,
      families: ['inet'] as const,
      kept: new Map(),
      isTaken: () => false,
      warnings: warningSink(),
    };
    const reader = diagReader('tcp', 'inet', 'tcp');
    for (const sockDiag of [undefined, () => null]) {
      expect(() => reader.open({ ...fakeProc({}), sockDiag }, query)).toThrow(
        expect.objectContaining({ code: 'ENOTSUP' }),
      );
    }
  });

  it('warns where the kernel was interrupted', () => {
    const marked = message(3, Buffer.alloc(4), 2 | 0x10);
    expect(rows(() => [marked]).warnings).toMatchObject([{ code: 'uncertain' }]);
  });

  /** Half-open connections to port 80, and who listens there: over IPv4, over IPv6. */
  const halfOpen = (address: readonly number[]) =>
    body({ state: 3, local: [address, 80], remote: [[203, 0, 113, 9], 5] });
  const listener = (address: readonly number[], port: number, uid: number, family = 2) =>
    body({ family, state: 10, local: [address, port], remote: [any, 0], uid });
  const mapped = [...any.slice(0, 10), 0xff, 0xff, 192, 0, 2, 1];

  it.each<[string, Buffer[], Buffer[], number]>([
    ['the one of its address', [listener(any, 80, 1), listener([192, 0, 2, 1], 80, 2)], [], 2],
    ['one of any address', [listener([192, 0, 2, 9], 80, 1), listener(any, 80, 3)], [], 3],
    ['one of both families', [listener(any, 81, 1)], [listener(any, 80, 4, 10)], 4],
    ['one of its mapped address', [], [listener(any, 80, 4, 10), listener(mapped, 80, 5, 10)], 5],
    ['one that is gone', [], [], 0],
  ])('gives a half-open connection the user of its listener: %s', (_, inet, inet6, uid) => {
    const { sockets, requests } = rows((request) => {
      if (!isForListeners(request))
        return [halfOpen([192, 0, 2, 1]), halfOpen([192, 0, 2, 1]), done];
      return [...(request[16] === 2 ? inet : inet6), done];
    });
    expect(sockets.map((socket) => socket.uid)).toEqual([uid, uid]);
    // The listeners are asked for once.
    expect(requests.map(isForListeners)).toEqual([false, true, true]);
  });
});
