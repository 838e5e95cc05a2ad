/**
 * Starts a network namespace full of interfaces, routes and memberships (reports-world.sh), and
 * runs programs in it. How to run: as root on Linux, with net-tools, iproute2 and python3 installed,
 *
 *     npm run build && npx vitest run --project differential reports
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Output, run } from '../support/command.ts';
import { program, programFiles } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const here = fileURLToPath(new URL('./', import.meta.url));

/** Why the suite cannot run here; null when it can. */
export const skipReason = reasonToSkip({
  platforms: ['linux'],
  root: true,
  programs: ['/usr/bin/netstat', '/usr/bin/python3', 'unshare', 'nsenter', 'ip', 'nstat'],
  files: programFiles,
});

/** Names for some of the world's addresses; nobody is asked for others. */
const etc = {
  'nsswitch.conf': 'hosts: files\nnetworks: files\n',
  networks: [
    'default 0.0.0.0',
    'loopback 127.0.0.0',
    'link-local 169.254.0.0',
    'privatenet 172.16',
    'a-network-with-a-long-name 203.0.113.0',
    'ten 10',
    '',
  ].join('\n'),
  hosts: [
    '127.0.0.1 localhost',
    '::1 ip6-localhost',
    '192.0.2.1 gateway-with-a-long-name.example.org gw',
    '192.0.2.3 three',
    '203.0.113.7 seven.example',
    '10.0.0.0 not-the-network',
    '10.40.0.1 walled',
    '224.0.0.1 all-hosts',
    '224.0.0.251 mdns.mcast.example.net',
    'ff02::1 ip6-allnodes',
    'ff02::fb a-long-name-for-a-group.mcast.example.net',
    'fe80::abcd router',
    '2001:db8:1111:2222:3333:4444:5555:6666 a-long-name-for-a-host.six.example.org',
    '2001:db8:1:: net-one',
    '',
  ].join('\n'),
} as const;

export interface World {
  /** Runs a command inside; `proc`, a folder, stands in for /proc. */
  run(command: readonly string[], proc?: string): Promise<Output>;
  netstat(args: readonly string[], proc?: string): Promise<Output>;
  /** `within`: a command that runs what follows it. */
  tsnetstat(args: readonly string[], within?: readonly string[]): Promise<Output>;
  stop(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const folder = temporaryFolder('reports-');
  mkdirSync(join(folder, 'etc'));
  for (const [name, text] of Object.entries(etc)) writeFileSync(join(folder, 'etc', name), text);

  const child = spawn(
    'unshare',
    [
      '--net',
      '--mount',
      '--fork',
      '--kill-child',
      '--',
      'sh',
      join(here, 'reports-world.sh'),
      folder,
      here,
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString('utf8');
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const first = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  if (first.value !== 'ready') throw new Error(`no world of interfaces: ${complaint}`);

  const inside = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
  const enter = ['nsenter', `--target=${inside}`, '--net', '--mount', '--'];
  const world: World = {
    run(command, proc) {
      const over =
        proc === undefined
          ? []
          : ['unshare', '--mount', 'sh', '-c', 'mount --bind "$0" /proc && exec "$@"', proc];
      return run([...enter, ...over, ...command]);
    },
    netstat: (args, proc) => world.run(['/usr/bin/netstat', ...args], proc),
    tsnetstat: (args, within = []) => world.run([...within, ...program, ...args]),
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
  return world;
}
