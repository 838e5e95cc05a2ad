import { describe, expect, test } from 'vitest';
import { list } from '../../../src/commands/list/list.ts';
import { NetstatError } from '../../../src/errors.ts';
import type { Netns } from '../../../src/model/machine/netns.ts';
import type { Target } from '../../../src/model/request/listing.ts';
import { allNumeric } from '../../../src/model/request/view.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { container, inet, owner } from '../../support/builders.ts';
import { fakeHost } from '../../support/fake-host.ts';
import { type FakeReading, fakeSource, linuxFacts } from '../../support/fake-source.ts';
import { type Asked, filtering, listingWith } from '../../support/listing.ts';

const usual: Partial<Asked> = {
  ...{ protocols: ['tcp'], which: 'listening' },
  numeric: allNumeric,
};
const own: Netns = { inode: 1, name: null, own: true };
const named = (name: string | null, inode = 7): Netns => ({ inode, name, own: false });
const server = (netns: Netns): Socket => ({
  ...inet('0.0.0.0:80', '0.0.0.0', { owners: [owner(10, 'nginx')] }),
  netns,
});
const other = { ...inet('0.0.0.0:22', '0.0.0.0', { owners: [owner(9, 'sshd')] }), netns: own };

const live = (reading: FakeReading) => {
  return {
    ...fakeSource(reading),
    facts: [...linuxFacts, 'netns', 'workloads', 'exposure'] as const,
  };
};

/** What a listing says and of which networks it was read, where these sockets are in all of them. */
async function run(
  asked: Partial<Asked>,
  everywhere: readonly Socket[] | NetstatError,
  isTerminal = true,
) {
  const { host, written } = fakeHost({});
  Object.assign(host.stderr, { isTerminal });
  const read: Target['netns'][] = [];
  const code = await list(listingWith({ ...usual, ...asked }), host, async ({ netns = 'own' }) => {
    read.push(netns);
    if (everywhere instanceof NetstatError) {
      return netns === 'own' ? live({}) : live({ failure: everywhere });
    }
    const batch = everywhere.filter((socket) => netns === 'all' || socket.netns?.own);
    return live({ batches: [batch] });
  });
  return { ...written, code, read };
}

const nginx = filtering({ program: ['nginx'] });
const web = server(named('docker:web'));

test.each<[string, Partial<Asked>, readonly Socket[], string]>([
  [
    'one',
    nginx,
    [other, web],
    '1 matching socket is in another network namespace (docker:web); --all-netns shows it',
  ],
  [
    'two of one namespace',
    nginx,
    [web, web],
    '2 matching sockets are in another network namespace (docker:web); --all-netns shows them',
  ],
  [
    'those of many',
    nginx,
    ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => server(named(name))),
    '6 matching sockets are in other network namespaces (a, b, c, d, e and others); --all-netns shows them',
  ],
  [
    'one whose namespace has a number',
    filtering({ pid: ['10'] }),
    [server(named(null))],
    '1 matching socket is in another network namespace (7); --all-netns shows it',
  ],
  [
    'one whose namespace has no name',
    filtering({ expression: ['pid = 10'] }),
    [server({ ...named(null), inode: null })],
    '1 matching socket is in another network namespace; --all-netns shows it',
  ],
  [
    'a server that netstat would leave out',
    { ...nginx, which: 'connected' },
    [web],
    '1 matching socket is in another network namespace (docker:web); -a --all-netns shows it',
  ],
  [
    'one whose PID was wanted',
    { ...nginx, pids: true },
    [web],
    '1 matching socket is in another network namespace (docker:web); --all-netns shows it',
  ],
])("reports a process's sockets in other namespaces: %s", async (_, asked, sockets, text) => {
  const { stderr, read } = await run(asked, sockets);
  expect(stderr).toBe(`tsnetstat: ${text}\n`);
  expect(read).toEqual(['own', 'all']);
});

describe('a port at which nobody listens', () => {
  const port80 = filtering({ port: ['80'] });
  const from80 = { ...inet('192.0.2.1:80', '198.51.100.9:443'), netns: own };
  const to80 = { ...inet('192.0.2.1:40000', '198.51.100.9:80'), netns: own };
  const bound: Socket = { ...inet('0.0.0.0:80', '0.0.0.0', { state: 'BOUND' }), netns: own };
  const two = '2 sockets have port 80 without listening; --diagnose --port 80 shows them';
  test.each<[string, Partial<Asked>, readonly Socket[], string]>([
    ['two have it', port80, [from80, to80, bound, other], two],
    [
      'one has it',
      port80,
      [from80],
      '1 socket has port 80 without listening; --diagnose --port 80 shows it',
    ],
    ['others use it elsewhere', port80, [to80], ''],
    ['somebody listens in another network', port80, [web], ''],
    ['several ports were asked for', filtering({ port: ['80', '81'] }), [bound], ''],
    ['another filter was set too', filtering({ port: ['80'], user: ['root'] }), [bound], ''],
  ])('%s', async (_, asked, sockets, text) => {
    const { stderr, read } = await run(asked, sockets);
    expect(stderr).toBe(text === '' ? '' : `tsnetstat: ${text}\n`);
    expect(read).not.toContain('all');
  });

  test('is not searched for if nobody reads it, or somebody listens', async () => {
    expect(await run(port80, [from80], false)).toMatchObject({ stderr: '', read: ['own'] });
    expect(await run(port80, [from80, server(own)])).toMatchObject({ stderr: '', read: ['own'] });
  });
});

describe('ports that are published for a workload', () => {
  const workload = filtering({ workload: ['docker:web'] });
  const proxy = (name: string): Socket => ({
    ...server(own),
    exposure: { kind: 'published', published: [], reason: null, workloads: [container(name)] },
  });
  const published = "port is published for it; 'publishedfor = docker:web' shows it";
  test.each<[string, Partial<Asked>, readonly Socket[], string]>([
    ['one', workload, [proxy('web'), proxy('db')], `1 ${published}`],
    [
      'two',
      workload,
      [proxy('web'), proxy('web')],
      "2 ports are published for it; 'publishedfor = docker:web' shows them",
    ],
    [
      'one that netstat would leave out',
      { ...workload, which: 'connected' },
      [proxy('web')],
      "1 port is published for it; -a 'publishedfor = docker:web' shows it",
    ],
    [
      'one besides the server that it leads to',
      workload,
      [proxy('web'), { ...web, workload: container('web') }],
      `1 matching socket is in another network namespace (docker:web); --all-netns shows it; 1 ${published}`,
    ],
    ['none', workload, [proxy('db')], ''],
    ['a port was named', filtering({ workload: ['docker:web'], port: ['80'] }), [proxy('web')], ''],
  ])('are told where that has no socket here: %s', async (_, asked, sockets, text) => {
    const { stderr } = await run(asked, sockets);
    expect(stderr).toBe(text === '' ? '' : `tsnetstat: ${text}\n`);
  });
});

test.each<[string, Partial<Asked>, readonly Socket[]]>([
  ['something was found', nginx, [server(own), web]],
  ['nobody asked for a process', filtering({ user: ['root'] }), [web]],
  ['programs read it', { ...nginx, format: 'json' }, [web]],
  ['a script asks', { ...nginx, quiet: true }, [web]],
  ['another /proc is read', { ...nginx, procRoot: '/mnt/proc' }, [web]],
  ['one namespace was asked for', { ...nginx, netns: { name: 'db' } }, []],
])('nothing is looked for elsewhere where %s', async (_, asked, sockets) => {
  const { stderr, read } = await run(asked, sockets);
  expect([stderr, read.length]).toEqual(['', 1]);
});

test('other namespaces are not searched if no one reads the message', async () => {
  const { stderr, read } = await run(nginx, [web], false);
  expect([stderr, read.length]).toEqual(['', 1]);
});

test.each<[string, readonly Socket[] | NetstatError]>([
  ['nothing is there', [other]],
  ['it cannot be read', new NetstatError('unreadable', 'no', { path: '/proc' })],
])('prints nothing if %s', async (_, sockets) => {
  expect((await run(nginx, sockets)).stderr).toBe('');
});

test('prints nothing if looking takes longer than a moment', async () => {
  const times = [0, 0, 5000];
  const { host, written } = fakeHost({ elapsed: () => times.shift() ?? 5000 });
  Object.assign(host.stderr, { isTerminal: true });
  const asked = listingWith({ ...usual, ...nginx });
  const late = { ...live({ batches: [[web]] }) };
  const code = await list(asked, host, async ({ netns = 'own', pause }) => {
    if (netns === 'own') return live({});
    return {
      ...late,
      read(query, warnings) {
        const reading = late.read(query, warnings);
        async function* pausing() {
          await pause?.();
          yield* reading.batches;
        }
        return { ...reading, batches: pausing() };
      },
    };
  });
  expect([written.stderr, code]).toEqual(['', 0]);
  expect(times).toEqual([]);
});
