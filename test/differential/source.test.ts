/** The kernel's answers over netlink are the rows of /proc, to the field: on every state, with timers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InetSocket } from '../../src/model/socket.ts';
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

  /** Without what passes as the clock does. */
  const timeless = (sockets: readonly InetSocket[]) =>
    sockets.map(({ timer, ...rest }) => ({
      ...rest,
      // A timer that runs out is 0 for a moment, before it is set anew.
      timer: timer && { ...timer, expiresIn: timer.kind === 'off' ? timer.expiresIn : 'later' },
    }));

  it.each([
    ['root', undefined],
    ['an unprivileged user', nobody],
  ])('%s', async (_, uid) => {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const before = await read('proc', [], uid);
      const asked = await read('netlink', ['-v'], uid);
      const after = await read('proc', [], uid);
      if (JSON.stringify(timeless(before.sockets)) !== JSON.stringify(timeless(after.sockets))) {
        continue;
      }
      expect(asked.stderr).toMatch(/tcp6: read by sock_diag/);
      expect(timeless(asked.sockets)).toEqual(timeless(before.sockets));
      // What runs down stands between what it was and what it is; what began anew is none of ours.
      for (const [i, { timer }] of asked.sockets.entries()) {
        const [first, last] = [before, after].map(({ sockets }) => sockets[i]?.timer?.expiresIn);
        if (timer === null || first === undefined || last === undefined || last > first) continue;
        if (timer.expiresIn === 0 && timer.kind !== 'off') continue;
        expect(timer.expiresIn).toBeLessThanOrEqual(first);
        expect(timer.expiresIn).toBeGreaterThanOrEqual(last);
      }
      const states = new Set(asked.sockets.map(({ state }) => state));
      for (const state of ['SYN_RECV', 'TIME_WAIT', 'LISTEN', 'CLOSING', 'LAST_ACK', 'UNCONN']) {
        expect(states).toContain(state);
      }
      return;
    }
    throw new Error(`the zoo did not hold still in ${attempts} attempts`);
  });

  it('reads /proc where there is no netlink to be had, and says so with -v only', async () => {
    const under = ['unshare', '--user', '--map-root-user', '--'];
    const plain = await zoo.tsnetstat(['-tan'], { under });
    expect(plain.stderr).toBe('');
    expect(plain.stdout.toString()).toBe((await zoo.tsnetstat(['-tan'])).stdout.toString());
  });
});
