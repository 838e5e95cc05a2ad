import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../src/errors.ts';
import { inOptions, speakingOfOptions } from '../../src/library/own-words.ts';
import { diagnose, metrics, snapshot, statistics, waitFor, whoHolds } from '../../src/library.ts';

describe('a message for people at a command line', () => {
  it.each([
    ['--state: expected a state', 'state: expected a state'],
    ['/x: a file; --proc-root takes a mounted /proc', '/x: a file; procRoot takes a mounted /proc'],
    ['--all-netns, --netns: only Linux has them', 'netns: only Linux has them'],
    ["TCP's internals (--tcp-info): not", "TCP's internals (tcpInfo): not"],
    ['--metrics-remote x: no service', 'remotePorts x: no service'],
    ['--diagnose x: no such check', 'checks x: no such check'],
    [
      'sentrate and recvrate are measured between rounds: they need -c, --follow or --live',
      'sentrate and recvrate are measured between rounds, as follow() reads them',
    ],
    [
      '--state listen: no such state; -l lists their servers',
      "state listen: no such state; which: 'listening' lists their servers",
    ],
    ['machines that --on asks', 'machines that the option on asks'],
    ['no answer within 2 s (--resolve-timeout)', 'no answer within 2 s'],
    [
      "koffi's native part or the permission for it is missing, or --source proc was given)",
      "koffi's native part or the permission for it is missing, or source 'proc' was given)",
    ],
  ])('names options: %s', (message, expected) => {
    expect(inOptions(message)).toBe(expected);
  });

  it.each([
    "expected a state, found '--port'",
    'found "a \\"--port\\" b"',
    'net/tcp: row-by--port',
    'docker -p --',
  ])('is left as it is: %s', (message) => {
    expect(inOptions(message)).toBe(message);
  });
});

describe('an error', () => {
  it('keeps its code, place, subject, cause and excerpt', async () => {
    const cause = new Error('EPERM');
    const details = {
      path: '--proc-root',
      about: 'netns',
      cause,
      excerpt: ['--state x', '^'],
    } as const;
    const failing = speakingOfOptions(() => {
      throw new NetstatError('unreadable', '--proc-root: no', details);
    });
    await expect(failing).rejects.toMatchObject({
      ...{ code: 'unreadable', summary: 'procRoot: no', path: 'procRoot', about: 'netns' },
      ...{ excerpt: ['--state x', '^'], cause },
    });
  });

  it('that is not our own stays unchanged', async () => {
    const error = new TypeError('--state');
    await expect(
      speakingOfOptions(() => {
        throw error;
      }),
    ).rejects.toBe(error);
  });
});

/** Where messages are made that the library hands on; what is no message there. */
const rooms = ['model', 'resolve', 'select', 'sources', 'pipeline'];
const noMessages = [
  // Command lines, to be shown or read.
  ...[
    'model/request/asked.ts',
    'pipeline/diagnosis/finding.ts',
    'pipeline/diagnosis/diagnose-machines.ts',
  ],
  ...['sources/linux/workloads/conmon.ts', 'sources/linux/exposure/iptables.ts'],
  ...['sources/remote/asks.ts', 'sources/remote/script.ts', 'sources/remote/ssh-process.ts'],
  // What the library has no way to ask for.
  ...[
    'select/sort.ts',
    'select/ignored.ts',
    'pipeline/ask-each.ts',
    'sources/machines/machines.ts',
  ],
  ...['sources/machines/machine-names.ts', 'sources/linux/index.ts'],
];

it('no flag of the rooms below is left in the words of the library', () => {
  const left: string[] = [];
  for (const room of rooms) {
    const folder = new URL(`../../src/${room}/`, import.meta.url);
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const name = `${room}/${file}`;
      if (!file.endsWith('.ts') || noMessages.includes(name)) continue;
      const code = readFileSync(new URL(file, folder), 'utf8').replace(
        /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm,
        '',
      );
      for (const [text = ''] of code.matchAll(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`[^`]*`/g)) {
        // As the text is once it is made: without its own quotes.
        const said = inOptions(text.slice(1, -1));
        if (/(?<![\w-])--[a-z]/.test(said)) left.push(`${name}: ${said}`);
      }
    }
  }
  expect(left).toEqual([]);
});

const procRoot = new URL('../../fixtures/linux/quiet-laptop', import.meta.url).pathname;

it.each<[string, () => Promise<unknown>, RegExp]>([
  ['a state', () => snapshot({ procRoot, state: 'x' }), /^state: expected/],
  ['a port', () => waitFor({ procRoot, port: 'x-y' }), /^port: expected/],
  ['a user', () => snapshot({ procRoot, user: 'no such' }), /^user: expected/],
  ['an address', () => snapshot({ procRoot, local: '1.2.3.4.5' }), /^local: expected/],
  [
    'what a capture does not provide',
    () => snapshot({ procRoot, expression: 'rtt > 1' }),
    /\(rtt\): .*, not procRoot$/,
  ],
  [
    'rates',
    () => snapshot({ procRoot, expression: 'sentrate > 0' }),
    /, as follow\(\) reads them$/,
  ],
  ['a namespace', () => snapshot({ procRoot, netns: 'all' }), /^netns: .* \(procRoot\)/],
  ['one of namespaces', () => snapshot({ expression: 'netns = x' }), /^netns: .* netns/],
  ['a folder', () => statistics({ procRoot: '/dev/null' }), /; procRoot takes a mounted \/proc/],
  ['no /proc', () => whoHolds(80, { procRoot: '/usr' }), /\(procRoot names another\)$/],
  ['a check', () => diagnose({ procRoot, checks: ['x'] }), /^checks x: no such check/],
  ['a check to leave out', () => diagnose({ procRoot, ignore: ['x'] }), /^ignore x: no such check/],
  ['a remote port', () => metrics({ procRoot, remotePorts: ['x/y'] }), /^remotePorts/],
])('reports a mistake in the words of the library: %s', async (_, ask, message) => {
  const error = await ask().then(
    () => null,
    (error: Error) => error,
  );
  expect(error?.message).toMatch(message);
  expect(error?.message).not.toMatch(/(?<![\w-])--?[a-z]/);
  expect((error as NetstatError | null)?.path ?? '').not.toMatch(/^-/);
});
