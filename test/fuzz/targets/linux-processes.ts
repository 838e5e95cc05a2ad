import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { isNetstatError } from '../../../src/errors.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { linuxSource } from '../../../src/sources/linux/index.ts';
import { ownerMemory } from '../../../src/sources/linux/owners/owner-memory.ts';
import { parseProcessStat } from '../../../src/sources/linux/owners/process-facts.ts';
import { parseRegistered } from '../../../src/sources/linux/owners/process-sockets.ts';
import { socketsWithOwners } from '../../../src/sources/linux/owners/sockets-with-owners.ts';
import { socketProblems, warningProblems } from '../../contract/problems.ts';
import { fakeProc } from '../../sources/linux/support/fake-proc.ts';
import { unixSocket } from '../../support/builders.ts';
import { answer, begin, collect, socketQuery, warningSink } from '../../support/source-answers.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { fixtureSeeds } from '../seeds.ts';
import { textTarget } from '../target.ts';

const owned = unixSocket({ path: null, inode: 11 });

/** The socket of inode 11, with the owners found if a process has this command line and this link. */
async function ownedBy(cmdline: string, link: string): Promise<Socket> {
  const proc = fakeProc({ processes: { 7: { fd: { 3: link }, exe: '/bin/x' } } });
  const named = { ...proc, readFile: () => Buffer.from(cmdline, 'latin1') };
  const query = { depth: 'all', details: true } as const;
  async function* rows() {
    yield [{ ...owned }];
  }
  const sink = warningSink();
  const found = socketsWithOwners(named, rows, query, sink, ownerMemory(), begin);
  const [socket] = await collect(found);
  return socket as Socket;
}

const commandLine = textTarget({
  name: 'linux-cmdline',
  covers: ['parseCommandLine', 'decodeText'],
  seeds: [
    'nginx: master process /usr/sbin/nginx -g daemon on;\0',
    '/usr/sbin/sshd\0-D\0-o\0AuthorizedKeysCommand=/x\0',
    '/opt/with blank/caf\xc3\xa9\0--name=\xff\xfe\0\0\0',
    'node\0server.js\0{"a":"\\n"}\0',
  ],
  alphabet: 'bytes',
  read: (text) => ownedBy(text, 'socket:[11]'),
  check: (text, socket) => {
    expect(socketProblems(socket)).toEqual([]);
    const [owner] = socket.owners ?? [];
    expect(owner?.pid).toBe(7);
    // The name that netstat shows: of the first 511 bytes, those before the first NUL, without directories.
    const first = text.slice(0, 511).split('\0', 1)[0] ?? '';
    const name = first.startsWith('/') ? first.slice(first.lastIndexOf('/') + 1) : first;
    if (/^[ -[\]-~]*$/.test(name)) expect(owner?.program).toBe(name);
  },
});

const descriptorLink = textTarget({
  name: 'linux-socket-link',
  covers: ['socketInode'],
  seeds: ['socket:[11]', 'socket:[12]', '/dev/null', 'pipe:[11]', 'anon_inode:[eventfd]'],
  alphabet: 'text',
  read: (text) => ownedBy('x\0', text),
  check: (text, socket) => {
    expect(socketProblems(socket)).toEqual([]);
    // Only the kernel's own spelling names a socket.
    expect((socket.owners ?? []).length).toBe(text === 'socket:[11]' ? 1 : 0);
  },
});

const ring =
  'SqMask:\t0x7\nUserFiles:\t3\n    0: socket:[11]\n    1: <none>\n    2: pipe:[12]\nUserBufs:\t0\n';

const registeredFiles = textTarget({
  name: 'linux-io-uring',
  covers: ['parseRegistered'],
  seeds: [ring, ring.replace('11', '13'), ''],
  alphabet: 'text',
  read: (text) => parseRegistered(text),
  check: (text, inodes) => {
    expect(inodes.every((inode) => Number.isInteger(inode) && inode >= 0)).toBe(true);
    expect(inodes.length).toBeLessThanOrEqual(text.split('socket:[').length - 1);
  },
});

const tcpLine =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n' +
  '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1\n';

/** The rows of a capture with one listener and one process, in which this file holds this text; or the refusal. */
async function capture(name: string, text: string) {
  const root = temporaryFolder('fuzz-');
  try {
    mkdirSync(join(root, 'net'));
    mkdirSync(join(root, '7'));
    const files = {
      'capture.json': '{"version":1,"byteOrder":"little","kernel":"6.1.0"}',
      'net/tcp': tcpLine,
      '7/cmdline': 'server\0',
      '7/links.json': '{"exe":"/bin/server","fd":{"3":"socket:[11]"}}',
      [name]: text,
    };
    for (const [file, content] of Object.entries(files)) writeFileSync(join(root, file), content);
    const sink = warningSink();
    const source = linuxSource({ platform: 'linux', env: {}, procRoot: root });
    const owners = { depth: 'all', details: true } as const;
    const query = socketQuery({ protocols: ['tcp'], families: ['inet'], owners });
    const rows = await answer(source, query, sink);
    return { rows, warnings: sink.warnings };
  } catch (error) {
    if (isNetstatError(error)) return error;
    throw error;
  } finally {
    rmSync(root, { recursive: true });
  }
}

function captureTarget(name: string, file: string, seeds: readonly string[]) {
  return textTarget({
    name,
    covers: ['openCapture', 'openProc'],
    seeds,
    alphabet: 'text',
    read: (text) => capture(file, text),
    check: (_, parsed) => {
      if (isNetstatError(parsed)) {
        expect(parsed.message).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        return;
      }
      expect(parsed.rows.length).toBe(1);
      expect(parsed.rows.flatMap(socketProblems)).toEqual([]);
      expect(parsed.warnings.flatMap(warningProblems)).toEqual([]);
    },
  });
}

const stat = textTarget({
  name: 'linux-process-stat',
  covers: ['parseProcessStat'],
  alphabet: 'bytes',
  seeds: [
    '42 (a) b) S 1 42 42 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 9900 1234 56\n',
    '1 (systemd) S 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 5 1 2',
  ],
  read: (text) => parseProcessStat(Buffer.from(text, 'latin1')),
  check: (_, parsed) => {
    if (parsed === null) return;
    expect(Number.isInteger(parsed.parent) && parsed.parent >= 0).toBe(true);
    expect(parsed.started).toBeGreaterThanOrEqual(0);
  },
});

export const linuxProcessTargets = [
  stat,
  commandLine,
  descriptorLink,
  registeredFiles,
  captureTarget('capture-json', 'capture.json', [
    ...fixtureSeeds('linux', 'capture.json'),
    'null',
    '[]',
  ]),
  captureTarget('links-json', '7/links.json', [
    ...fixtureSeeds('linux', 'links.json').slice(0, 12),
    '{"exe":"/bin/server","fd":{"3":"socket:[11]"},"ns":{"pid":"pid:[4026531836]"}}',
    '{"exe":null,"fd":null}',
    'null',
  ]),
];
