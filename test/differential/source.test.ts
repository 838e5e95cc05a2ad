/** The kernel's answers over netlink are the rows of /proc, to the field: on every state, with timers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InetSocket } from '../../src/model/socket/socket.ts';
import { skipReason, startZoo, type Zoo } from './zoo.ts';

const attempts = 10;
const nobody = 65534;

describe.skipIf(skipReason)(`the zoo over netlink ${skipReason ?? ''}`, () => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await startZoo('ordinary');
  });
  afterAll(() => zoo?.stop());

  async function read(source: string, flags: readonly string[], uid?: number) {
    const args = ['-tuwanU', '--json', '--source', source, ...flags];
    const { stdout, stderr } = await zoo.tsnetstat(args, uid === undefined ? {} : { uid });
    return { sockets: JSON.parse(stdout.toString()).sockets as InetSocket[], stderr };
  }

  /** What is the same as long as the socket is in this state. */
  const lasting = ({ timer: _, recvQueue, sendQueue, ...rest }: InetSocket) => rest;

  /**
   * Checks the queues and the timer of `asked`, which change by themselves, against readings before and after it that
   * are at most `elapsed` milliseconds apart: each equals one of the two, or lies between them.
   * @returns whether the timer was seen to run down
   */
  function expectBetween(
    asked: InetSocket,
    first: InetSocket,
    last: InetSocket,
    elapsed: number,
  ): boolean {
    const among = <Value>(value: (socket: InetSocket) => Value) => {
      expect([value(first), value(last)], JSON.stringify(asked)).toContainEqual(value(asked));
    };
    among(({ recvQueue }) => recvQueue);
    among(({ sendQueue }) => sendQueue);
    const [before, now, after] = [first.timer, asked.timer, last.timer];
    if (before === null || now === null || after === null) {
      expect([before, now, after]).toEqual([null, null, null]);
      return false;
    }
    const isSame = before.retransmits === after.retransmits && before.probes === after.probes;
    for (const count of ['retransmits', 'probes'] as const) {
      const [least = 0, most = 0] = [before[count], after[count]].sort((a, b) => a - b);
      // A probe of a shut window counts until it is answered, which may be seen or not.
      const open = count === 'probes' && now.kind === 'probe' ? 1 : 0;
      const what = `${count}: ${JSON.stringify([first, asked, last])}`;
      expect(now[count], what).toBeGreaterThanOrEqual(Math.max(0, least - open));
      expect(now[count], what).toBeLessThanOrEqual(most + open);
    }
    if (!isSame || before.kind !== after.kind) return false;
    expect(now.kind).toBe(before.kind);
    if (now.kind === 'off') expect(now.expiresIn).toBe(before.expiresIn);
    // What cannot have run out, and so begun anew, runs down from what it was to what it is.
    if (before.expiresIn <= elapsed || after.expiresIn > before.expiresIn) return false;
    expect(now.expiresIn).toBeLessThanOrEqual(before.expiresIn);
    expect(now.expiresIn).toBeGreaterThanOrEqual(after.expiresIn);
    return true;
  }

  it.each([
    ['root', undefined],
    ['an unprivileged user', nobody],
  ])('%s', async (_, uid) => {
    for (let attempt = 0; attempt < attempts; attempt++) {
      await zoo.renew();
      const begun = performance.now();
      const before = await read('proc', [], uid);
      const asked = await read('netlink', ['-v'], uid);
      const after = await read('proc', [], uid);
      const elapsed = performance.now() - begun;
      // But for what TIME_WAIT ends, the sockets are the same ones.
      const rows = [before, after].map(({ sockets }) => JSON.stringify(sockets.map(lasting)));
      if (rows[0] !== rows[1]) continue;
      expect(asked.stderr).toMatch(/tcp6: read by sock_diag/);
      expect(asked.sockets.map(lasting)).toEqual(before.sockets.map(lasting));
      const running = asked.sockets.filter((socket, i) => {
        const [first, last] = [before, after].map(({ sockets }) => sockets[i] as InetSocket);
        return expectBetween(socket, first as InetSocket, last as InetSocket, elapsed);
      });
      // Those of TIME_WAIT, and of keep-alive.
      expect(running.length).toBeGreaterThanOrEqual(3);
      // Most of them stand still, so that no field is compared by what it may be alone.
      const quiet = before.sockets.filter(
        ({ timer, recvQueue, sendQueue }, i) =>
          timer?.retransmits === after.sockets[i]?.timer?.retransmits &&
          recvQueue === after.sockets[i]?.recvQueue &&
          sendQueue === after.sockets[i]?.sendQueue,
      );
      expect(quiet.length).toBeGreaterThan(before.sockets.length / 2);
      const states = new Set(asked.sockets.map(({ state }) => state));
      for (const state of ['SYN_RECV', 'TIME_WAIT', 'LISTEN', 'CLOSING', 'LAST_ACK', 'UNCONN']) {
        expect(states).toContain(state);
      }
      return;
    }
    throw new Error(`the zoo did not hold still in ${attempts} attempts`);
  });

  it('reports both counts of a timer if one is requested', async () => {
    const columns = ['-tan', '--columns', 'local,remote,timer,retransmits,probes'];
    const still = (text: string) => text.replaceAll(/ \(\d+\.\d\d\//g, ' (0.00/');
    for (let attempt = 0; attempt < attempts; attempt++) {
      const notes: string[] = [];
      // One after another: what happens between the first and the last is seen by one of these.
      for (const source of ['proc', 'netlink', 'proc']) {
        const line = [...columns, '--source', source, 'retransmits > 0 or probes > 0'];
        notes.push(still((await zoo.tsnetstat(line)).stdout.toString()));
      }
      const [before = '', asked, after] = notes;
      if (before !== after) continue;
      expect(before.split('\n').length).toBeGreaterThan(3);
      expect(asked).toBe(before);
      return;
    }
    throw new Error(`the zoo did not hold still in ${attempts} attempts`);
  });

  it('reads /proc if netlink is not available, and reports it only with -v', async () => {
    const under = ['unshare', '--user', '--map-root-user', '--'];
    for (let attempt = 0; attempt < attempts; attempt++) {
      const before = (await zoo.tsnetstat(['-tan'])).stdout.toString();
      const plain = await zoo.tsnetstat(['-tan'], { under });
      const after = (await zoo.tsnetstat(['-tan'])).stdout.toString();
      expect(plain.stderr).toBe('');
      // TIME_WAIT ends by itself.
      if (before !== after) continue;
      expect(plain.stdout.toString()).toBe(before);
      return;
    }
    throw new Error(`the zoo did not hold still in ${attempts} attempts`);
  });
});
