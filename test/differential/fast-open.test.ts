import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { because, reasonToSkip } from '../support/requirements.ts';
import { skipReason, startZoo, type Zoo } from './zoo.ts';

const reason = skipReason ?? reasonToSkip({ platforms: ['linux'], programs: ['iptables'] });

/** The user of each connection in SYN_RECV, in order: the tables' own varies. */
const usersIn = (table: string) =>
  table
    .split('\n')
    .filter((line) => line.includes(' SYN_RECV '))
    .map((line) => line.split(/\s+/)[6])
    .sort();

describe.skipIf(reason !== null)(`connections of TCP Fast Open${because(reason)}`, () => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await startZoo('empty');
    await zoo.fill('fast-open.py', 'fast-open.json');
  });
  afterAll(() => zoo?.stop());

  const ours = async (...args: readonly string[]) => {
    const { stdout, code } = await zoo.tsnetstat(args);
    return { text: stdout.toString(), code };
  };

  it.each([
    ['a file', ['--source', 'proc']],
    ['netlink', ['--source', 'netlink']],
    ['netlink, sorted', ['--source', 'netlink', '--sort', 'user']],
    ['TCP’s own facts', ['--tcp-info']],
    ['the kernel’s facts', ['--socket-info']],
  ])('belong to whoever accepted them, as in netstat, by %s', async (_, flags) => {
    const theirs = usersIn((await zoo.netstat(['-tane'])).stdout.toString());
    expect(theirs).toEqual(['0', '33']);
    expect(usersIn((await ours('-tane', ...flags)).text)).toEqual(theirs);
  });

  it.each([
    ['33', 0],
    ['0', 0],
    ['1000', 1],
  ])('are chosen by that user: %s', async (user, code) => {
    const filters = ['--source', 'netlink', '--state', 'SYN_RECV', '--user', user];
    expect((await ours('-tanq', ...filters)).code).toBe(code);
  });
});
