import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  type Counter,
  exactJson,
  groups,
  interfaces,
  NetstatError,
  routes,
  type SocketOptions,
  snapshot,
  statistics,
} from '../src/library.js';
import { builtProgram, reasonToSkip } from './support/requirements.js';

const reason = reasonToSkip({ platforms: ['linux'] });
const because = (why: string | null) => (why === null ? '' : `: ${why}`);
const root = fileURLToPath(new URL('..', import.meta.url));
const procRoot = `${root}fixtures/linux/quiet-laptop`;

describe.skipIf(reason !== null)(`the library${because(reason)}`, () => {
  it('answers with the model, and nothing missing', async () => {
    const { sockets, ...rest } = await snapshot({ procRoot });
    expect(rest).toEqual({
      schemaVersion: 1,
      platform: 'linux',
      takenAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      warnings: expect.any(Array),
    });
    expect(new Set(sockets.map(({ protocol }) => protocol))).toContain('tcp');
    expect(sockets.every(({ owners, noOwner }) => owners === null && noOwner === null)).toBe(true);
  });

  it('tells every owner, with what is known of it, when asked', async () => {
    const { sockets } = await snapshot({ procRoot, owners: true, protocols: ['tcp'] });
    const owned = sockets.flatMap(({ owners }) => owners ?? []);
    expect(owned.length).toBeGreaterThan(0);
    for (const owner of owned) {
      expect(owner).toEqual({
        pid: expect.any(Number),
        program: expect.any(String),
        commandLine: expect.any(String),
        executable: expect.any(String),
        fd: expect.any(Number),
      });
    }
  });

  it('keeps every digit of a counter, for JSON too', async () => {
    const { value } = (await statistics({ procRoot })).statistics[0] as Counter;
    expect(typeof value).toBe('bigint');
    const most = { value: 2n ** 64n - 1n, none: undefined, list: [1, null, { text: '"\u001b' }] };
    expect(exactJson(most)).toBe(
      '{"value":18446744073709551615,"list":[1,null,{"text":"\\"\\u001b"}]}',
    );
  });

  it.each([
    ['which', { which: 'listening' }],
    ['a state', { state: 'LISTEN' }],
    ['an expression', { expression: 'state listening' }],
  ] as const)('chooses by %s', async (_, options: SocketOptions) => {
    const { sockets } = await snapshot({ procRoot, protocols: ['tcp'], ...options });
    expect(sockets.length).toBeGreaterThan(0);
    expect(sockets.every(({ state }) => state === 'LISTEN')).toBe(true);
  });

  it('takes many snapshots at once, with few descriptors', async () => {
    const open = () => readdirSync('/proc/self/fd').length;
    const before = open();
    let most = 0;
    const answers = Array.from({ length: 50 }, async () => {
      const { sockets } = await snapshot({ protocols: ['tcp'] });
      most = Math.max(most, open());
      return sockets.length;
    });
    expect((await Promise.all(answers)).length).toBe(50);
    expect(most - before).toBeLessThan(20);
  });

  it('goes on with the next when one fails', async () => {
    const bad = Array.from({ length: 10 }, () => snapshot({ procRoot: '/nonexistent' }));
    const outcomes = await Promise.allSettled([...bad, snapshot({ procRoot })]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...bad.map(() => 'rejected'),
      'fulfilled',
    ]);
  });

  it('has the other reports', async () => {
    expect((await routes({ procRoot })).routes.length).toBeGreaterThan(0);
    expect((await interfaces({ procRoot })).interfaces.map(({ name }) => name)).toContain('lo');
    expect((await groups({ procRoot })).groups.length).toBeGreaterThan(0);
    expect((await statistics({ procRoot })).statistics.length).toBeGreaterThan(50);
  });

  it.each([
    ['which', { which: 'some' }, /^which: "some" is not one of all, connected, listening$/],
    ['families', { families: ['ipx'] }, /^families: "ipx" is not one of inet, inet6$/],
    ['protocols', { protocols: ['icmp'] }, /^protocols: "icmp" is not one of tcp, /],
    ['procRoot', { procRoot: '' }, /^procRoot: an empty path$/],
    ['state', { state: 'listenning' }, /^--state: /],
    ['expression', { expression: 'dport =' }, /^filter expression, position 8: /],
  ])('refuses what it cannot follow: %s', async (_, options, message) => {
    const answer = snapshot({ procRoot, ...(options as SocketOptions) });
    await expect(answer).rejects.toThrow(NetstatError);
    await expect(answer).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message),
    });
  });
});

const unbuilt = reasonToSkip({ platforms: ['linux', 'darwin', 'win32'], files: builtProgram });

describe.skipIf(unbuilt !== null)(`the built library${because(unbuilt)}`, () => {
  it('is imported without side effects, and its errors have their name', () => {
    const script = `
      const count = () => [Object.getOwnPropertyNames(globalThis).length, process.eventNames().length];
      const before = count();
      const { NetstatError } = await import(process.argv[1]);
      console.log(JSON.stringify([
        count().map((now, i) => now - before[i]),
        process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|Req/.test(name)),
        NetstatError.name,
      ]));`;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', script, new URL('../dist/library.js', import.meta.url).href],
      { encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual([[0, 0], [], 'NetstatError']);
  });
});
