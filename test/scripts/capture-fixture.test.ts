import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import type { InetSocket, UnixSocket } from '../../src/model/socket/socket.ts';
import { linuxSource } from '../../src/sources/linux/index.ts';
import { addressDigits } from '../sources/linux/support/inet-line.ts';
import { answer, socketQuery } from '../support/source-answers.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const script = fileURLToPath(new URL('../../scripts/capture-fixture', import.meta.url));
let folder: string;
beforeEach(() => {
  folder = temporaryFolder('capture-');
});

function capture(...args: string[]) {
  return spawnSync(process.execPath, [script, ...args], { cwd: folder, encoding: 'utf8' });
}

const row = (local: string, remote: string, uid: number, inode: number) =>
  `   0: ${local} ${remote} 01 00000000:00000000 00:00000000 00000000 ${String(uid).padStart(5)} ` +
  `       0 ${inode} 1 0000000000000000 20 4 30 10 -1\n`;
const digits = (address: string, port: number) =>
  `${addressDigits(address, true)}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
const secret = '10.20.30.40';
const secret6 = 'fd12:3456:789a::be:ef';

/** A /proc as a Linux machine has it, with what its owner would not show. */
function machine(): string {
  const root = join(folder, 'machine/proc');
  const files = {
    'net/tcp': `  sl  local_address\n${row(digits(secret, 22), digits('203.0.113.9', 50000), 1234, 10)}${row(digits('127.0.0.1', 80), digits(secret, 443), 0, 11)}`,
    'net/tcp6': `  sl  local_address\n${row(digits(`::ffff:${secret}`, 22), digits(secret6, 50000), 1234, 12)}${row(digits('fe80::1234:5678', 1), digits('::', 0), 1235, 13)}`,
    'net/unix':
      'Num       RefCount Protocol Flags    Type St Inode Path\n' +
      '0000000000000000: 00000002 00000000 00010000 0001 01 20 /home/ada/diary\nof ada\n' +
      '0000000000000000: 00000003 00000000 00000000 0001 03 21\n',
    'net/route': 'Iface\tDestination\tGateway \tFlags\neth0\t00000000\t281E140A\t0003\n',
    'net/dev': 'Inter-|\n face |\n  eth0: 1 2\n',
    'net/igmp6': '2 eth0 ff0200000000000000000001ffcafe42 1 00000004 0\n',
    '../sys/class/net/eth0/address': '52:54:00:ca:fe:42\n',
    '../sys/class/net/eth0/mtu': '1500\n',
    '77/cmdline': '/home/ada/bin/diary\0--password=hunter2\0',
    '77/comm': 'diary\n',
    '78/cmdline': 'idle\0',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  for (const [path, target] of [
    ['77/exe', '/home/ada/bin/diary'],
    ['77/fd/0', '/home/ada/notes/é日'],
    ['77/fd/3', 'socket:[10]'],
    ['77/fd/10', 'socket:[20]'],
    ['78/fd/0', 'socket:[999]'],
    ['self/ns/pid', 'pid:[4026531836]'],
  ] as const) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(target, join(root, path));
  }
  return root;
}

async function read(procRoot: string) {
  const source = linuxSource({ platform: 'linux', env: {}, procRoot });
  const owners = { depth: 'all', details: true } as const;
  return answer(source, socketQuery({ protocols: ['tcp', 'unix'], owners }));
}

function everyFile(root: string): string {
  const names = readdirSync(root, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

describe.skipIf(process.platform === 'win32')('a capture', () => {
  it('contains what the machine reports', async () => {
    const root = machine();
    const { status, stdout, stderr } = capture('--proc-root', root, 'out');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toBe('out: 10 files, 1 process\n');
    const captured = await read(join(folder, 'out'));
    expect(captured).toEqual(await read(root));
    expect(captured.flatMap(({ owners }) => owners?.map(({ pid, fd }) => [pid, fd]) ?? [])).toEqual(
      [
        [77, 3],
        [77, 10],
      ],
    );
  });

  it('holds plain files only, under names that any system can hold', () => {
    capture('--proc-root', machine(), 'out');
    for (const entry of readdirSync(join(folder, 'out'), {
      recursive: true,
      withFileTypes: true,
    })) {
      expect(entry.isFile() || entry.isDirectory()).toBe(true);
      expect(entry.name).toMatch(/^[a-z0-9_.-]+$/i);
    }
    expect(existsSync(join(folder, 'out/78'))).toBe(false);
  });

  it('anonymized, has nothing of the machine’s own, and the same form', async () => {
    const root = machine();
    expect(capture('--proc-root', root, '--anonymize', 'out').status).toBe(0);
    const text = everyFile(join(folder, 'out'));
    for (const own of [
      /ada/i,
      /diary/i,
      /hunter/,
      /notes/,
      /281E140A/i,
      /3412|12345678/i,
      /ca:?fe:?42/i,
      / 1234 /,
    ]) {
      expect(text).not.toMatch(own);
    }
    const [before, after] = [await read(root), await read(join(folder, 'out'))];
    const inet = (rows: typeof after) =>
      rows.filter((one): one is InetSocket => one.protocol === 'tcp');
    expect(inet(after).map(({ local, remote }) => [local.address, remote.address])).toEqual([
      ['192.0.2.1', '198.51.100.1'],
      ['127.0.0.1', '192.0.2.1'],
      ['::ffff:192.0.2.1', '2001:db8:0:1::1'],
      ['fe80::2', '::'],
    ]);
    expect(inet(after).map(({ uid }) => uid)).toEqual([1000, 0, 1000, 1001]);
    const form = ({ local, remote, inode, state }: InetSocket) => [
      local.port,
      remote.port,
      inode,
      state,
    ];
    expect(inet(after).map(form)).toEqual(inet(before).map(form));
    const unix = after.filter((one): one is UnixSocket => one.protocol === 'unix');
    expect(unix.map(({ path }) => path?.replace(/[a-z]/g, 'x') ?? null)).toEqual([
      '/xxxx/xxx/xxxxx\nxx xxx',
      null,
    ]);
    expect(unix[0]?.path).toMatch(/^\/home\//);
    const [owner] = unix[0]?.owners ?? [];
    expect(owner?.executable).toMatch(/^\/home\/[a-z]{3}\/bin\/[a-z]{5}$/);
    expect(owner?.program).toBe(owner?.executable?.slice(-5));
    expect(readFileSync(join(folder, 'out/sys/class/net/eth0/address'), 'utf8')).toBe(
      '02:00:5e:00:00:01\n',
    );
    expect(readFileSync(join(folder, 'out/net/route'), 'utf8')).toContain(
      'eth0\t00000000\t010200C0\t0003',
    );
  });

  it('with --pid is of that process’ network namespace', async () => {
    const root = machine();
    mkdirSync(join(root, '78/net'));
    writeFileSync(
      join(root, '78/net/tcp'),
      `header\n${row(digits('192.0.2.1', 8080), digits('0.0.0.0', 0), 0, 999)}`,
    );
    expect(capture('--proc-root', root, '--pid', '78', 'out').status).toBe(0);
    const sockets = await read(join(folder, 'out'));
    expect(sockets.map(({ inode, owners }) => [inode, owners?.map(({ pid }) => pid)])).toEqual([
      [999, [78]],
    ]);
    expect(existsSync(join(folder, 'out/77'))).toBe(false);
    expect(capture('--proc-root', root, '--pid', '79', 'none').stderr).toMatch(
      /79\/net: not one table/,
    );
  });

  it('replaces nothing without --force', () => {
    const root = machine();
    mkdirSync(join(folder, 'out'));
    writeFileSync(join(folder, 'out/mine'), 'mine');
    const { status, stderr } = capture('--proc-root', root, 'out');
    expect([status, stderr]).toEqual([2, 'capture-fixture: out: not empty; --force replaces it\n']);
    expect(readdirSync(join(folder, 'out'))).toEqual(['mine']);
    expect(capture('--proc-root', root, '--force', 'out').status).toBe(0);
    expect(existsSync(join(folder, 'out/mine'))).toBe(false);
    expect(readdirSync(folder).toSorted()).toEqual(['machine', 'out']);
  });

  it('leaves nothing behind when it fails', () => {
    const { status, stderr } = capture('--proc-root', join(folder, 'nowhere'), 'out');
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^capture-fixture: \S+nowhere\/net: not one table there; is \S+ a \/proc\?\n$/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a mistake', () => {
  it.each([
    ['no folder', [], 'OUT_DIR is missing'],
    ['two folders', ['a', 'b'], 'b: only one OUT_DIR'],
    ['no process ID', ['--pid', 'x', 'a'], '--pid x: not a process ID'],
    ['an unknown option', ['--what', 'a'], "Unknown option '--what'"],
  ])('%s is reported in one line, with the usage, exit code 2', (_, args, message) => {
    const { status, stdout, stderr } = capture(...args);
    expect([status, stdout]).toEqual([2, '']);
    const [first, second, ...rest] = stderr.split('\n');
    expect(first).toContain(`capture-fixture: ${message}`);
    expect(second).toBe('usage: scripts/capture-fixture [options] OUT_DIR');
    expect(rest).toEqual(['']);
  });

  it('--help prints the options', () => {
    const { status, stdout } = capture('--help');
    expect(status).toBe(0);
    expect(stdout).toMatch(/--anonymize[\s\S]*--pid[\s\S]*--force/);
  });
});

describe.skipIf(process.platform !== 'linux')('this machine', () => {
  it('can be captured, with the socket that this process opened', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    execFileSync(process.execPath, [script, join(folder, 'out')]);
    server.close();
    const found = (await read(join(folder, 'out'))).find(
      (one) => one.protocol === 'tcp' && one.local.port === port && one.state === 'LISTEN',
    );
    expect(found?.owners?.map(({ pid }) => pid)).toEqual([process.pid]);
  });
});
