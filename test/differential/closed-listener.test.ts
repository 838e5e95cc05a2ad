/** Handshakes keep the user of their listener, though it is closed. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { because, reasonToSkip } from '../support/requirements.ts';
import { skipReason, startZoo, type Zoo } from './zoo.ts';

const reason = skipReason ?? reasonToSkip({ platforms: ['linux'], programs: ['iptables'] });

/** The user of each connection in SYN_RECV. */
const usersIn = (table: string) =>
  table
    .split('\n')
    .filter((line) => line.includes(' SYN_RECV '))
    .map((line) => line.split(/\s+/)[6]);

describe.skipIf(reason !== null)(`handshakes of a closed listener${because(reason)}`, () => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await startZoo('empty');
  });
  afterAll(() => zoo?.stop());

  it.each([
    ['a file', ['--source', 'proc']],
    ['netlink', ['--source', 'netlink']],
    ['netlink, sorted', ['--source', 'netlink', '--sort', 'user']],
  ])('have its user, as in netstat, by %s', { timeout: 150_000 }, async (_, flags) => {
    const script = fileURLToPath(new URL('closed-listener.py', import.meta.url));
    const under = ['/usr/bin/python3', '-B', script];
    const { stdout } = await zoo.tsnetstat(['-tane', ...flags], { under, timeout: 140_000 });
    const { before, ours, after } = JSON.parse(stdout.toString());
    const three = ['1000', '1000', '1000'];
    expect([before, ours, after].map(usersIn)).toEqual([three, three, three]);
  });
});
