import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isExecutable, program, programAt } from '../support/program.ts';
import { because, reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { copyPackage, environment, root, tsnetstat } from './support/built-bin.ts';
import { onTerminal } from './support/terminal.ts';

const reason = reasonToSkip({ platforms: ['linux'] });
const needsRoot = reasonToSkip({ platforms: ['linux'], root: true, programs: ['setpriv'] });
const needsTerminal = reasonToSkip({
  platforms: ['linux'],
  root: true,
  programs: ['/usr/bin/python3'],
});
const inNamespace = reasonToSkip({ platforms: ['linux'], root: true, programs: ['unshare'] });

describe.skipIf(reason !== null)(`this machine${because(reason)}`, () => {
  let folder = '';
  const servers: Server[] = [];
  const portOf = (server: Server) => (server.address() as { port: number }).port;
  let port = 0;
  let path = '';

  beforeAll(async () => {
    folder = temporaryFolder('linux-');
    chmodSync(folder, 0o755);
    path = join(folder, 'a socket');
    for (const where of [{ host: '127.0.0.1', port: 0 }, { path }]) {
      const server = createServer().listen(where);
      servers.push(server);
      await new Promise((resolve) => server.once('listening', resolve));
    }
    port = portOf(servers[0] as Server);
  });
  afterAll(() => {
    for (const server of servers) server.close();
  });

  it('shows who listens', () => {
    const { status, stdout } = tsnetstat(['-tlpn']);
    expect(status).toBe(0);
    const row = stdout.split('\n').find((line) => line.includes(` 127.0.0.1:${port} `));
    expect(row).toMatch(/^tcp +0 +\d+ 127\.0\.0\.1:\d+ +0\.0\.0\.0:\* +LISTEN +/);
    expect(row).toContain(` ${process.pid}/`);
  });

  it('shows the path of a UNIX socket whole', () => {
    const { stdout } = tsnetstat(['-xlpn']);
    const row = stdout.split('\n').find((line) => line.endsWith(` ${path}`));
    expect(row).toMatch(/^unix {2}2 +\[ ACC \] {5}STREAM {5}LISTENING +\d+ +\d+\//);
    expect(row).toContain(` ${process.pid}/`);
  });

  describe.skipIf(inNamespace !== null)(`netlink${because(inNamespace)}`, () => {
    /** A package of its own, with this in place of koffi's native part. */
    const packageWith = (name: string, native: string | Uint8Array | null) => {
      const project = join(folder, name);
      copyPackage(project);
      if (native !== null) {
        mkdirSync(join(project, nativePlace), { recursive: true });
        writeFileSync(join(project, nativePlace, 'koffi.node'), native);
      }
      return project;
    };
    const nativePlace = `node_modules/@koromix/koffi-linux-${process.arch}/linux_${process.arch}`;
    /** koffi's native part, cut off after this share of it. */
    const nativeCut = (share: number) => {
      const whole = readFileSync(join(root, nativePlace, 'koffi.node'));
      return whole.subarray(0, Math.floor(whole.length * share));
    };
    /** Of a network of its own, where nobody opens anything. */
    const listing = (project: string, ...args: string[]) => listingWith({}, project, ...args);
    const listingWith = (env: Record<string, string>, project: string, ...args: string[]) => {
      const command = ['--net', ...programAt(program[0], project), '-tuwan', ...args];
      const options = { encoding: 'utf8', env: environment(env) } as const;
      const { status, stdout, stderr } = spawnSync('unshare', command, options);
      return { status, stdout, stderr };
    };

    const damages: readonly (readonly [string, () => string | Uint8Array | null])[] = [
      ['missing', () => null],
      ['empty', () => ''],
      ['broken', () => 'no library at all'],
      ['zeros', () => new Uint8Array(nativeCut(1).length)],
      ...[0.0001, 0.005, 0.3, 0.5, 0.9, 0.97].map(
        (share) => [`cut off at ${share}`, () => nativeCut(share)] as const,
      ),
    ];
    it.each(isExecutable ? [] : damages)(
      'falls back to the files, which -v alone reports, where its native part is %s',
      (name, native) => {
        const project = packageWith(name, native());
        const files = listing(project, '--source', 'proc', '-v');
        expect(files.status).toBe(0);
        expect(files.stderr).toContain('tsnetstat: tcp: read from /proc/net/tcp\n');
        expect(listing(project, '--source', 'netlink', '-v')).toEqual(files);
      },
    );

    it.each(isExecutable ? [] : [[]])(
      'is never what ends the program, nor one that uses it',
      () => {
        const [missing, cut] = [packageWith('without', null), packageWith('cut', nativeCut(0.5))];
        for (const args of [['--tcp-info'], ['-x', '--peers']]) {
          const fallen = listing(missing, ...args);
          expect(fallen.status).toBe(0);
          expect(listing(cut, ...args)).toEqual(fallen);
        }
        const metrics = listing(cut, '--format', 'prometheus');
        expect([metrics.status, metrics.stderr]).toEqual([0, '']);
        const library = join(cut, 'dist/library.js');
        const user = `
        const { follow, snapshot } = await import(${JSON.stringify(library)});
        await snapshot({ tcpInfo: true });
        const { createServer } = await import('node:net');
        setInterval(() => createServer().listen(0, '127.0.0.1'), 100);
        for await (const event of follow({ interval: 1 })) break;
        console.log('alive');
        process.exit();`;
        const run = spawnSync(process.execPath, ['--input-type=module', '-e', user], {
          encoding: 'utf8',
          env: environment(),
        });
        expect([run.status, run.stdout, run.stderr]).toEqual([0, 'alive\n', '']);
      },
    );

    it.each(
      isExecutable
        ? []
        : [
            ['HOME', ''],
            ['NODE_PATH', 'node_modules'],
          ],
    )('does not take it from the folder of a user that %s names', (name, below) => {
      const project = packageWith(`without-${name}`, null);
      const home = join(folder, `users-${name}`);
      // Node looks there below HOME.
      const place = join(home, '.node_modules');
      cpSync(join(root, 'node_modules/@koromix'), join(place, '@koromix'), { recursive: true });
      symlinkSync(place, join(home, 'node_modules'));
      const listed = listing(project, '--source', 'netlink', '-v');
      expect(listed.stderr).toContain('tsnetstat: tcp: read from /proc/net/tcp\n');
      const env = { [name]: join(home, below) };
      expect(listingWith(env, project, '--source', 'netlink', '-v')).toEqual(listed);
    });

    it('is asked if it is there, and reported with -v only', () => {
      const { stdout, stderr } = listing(root, '--source', 'netlink', '-v');
      expect(stderr).toContain('tsnetstat: tcp: read by sock_diag\n');
      const quiet = listing(root, '--source', 'netlink');
      expect([quiet.stdout, quiet.stderr]).toEqual([stdout, '']);
    });
  });

  it.skipIf(needsTerminal !== null)(
    `root runs no pager of another user${because(needsTerminal)}`,
    async () => {
      const users = join(folder, 'users');
      mkdirSync(users);
      writeFileSync(join(users, 'a-pager'), '#!/bin/sh\necho paged\n', { mode: 0o755 });
      const shown = async (seen: string) => {
        const env = environment({ PATH: `${users}:${process.env.PATH}`, PAGER: 'a-pager' });
        const terminal = onTerminal([...program, '--pager'], { env });
        await terminal.see(seen);
        await terminal.ended();
      };
      await shown('paged');
      chownSync(users, 65_534, 65_534);
      await shown('a-pager cannot be run (ENOENT)');
    },
  );

  describe.skipIf(needsRoot !== null)(`an unprivileged user${because(needsRoot)}`, () => {
    /** A copy of the program where everybody can read it. */
    beforeAll(() => {
      copyPackage(join(folder, 'app'));
      if (isExecutable) cpSync(program[0], executable());
    });
    const executable = () => join(folder, 'program');
    const commandOfNobody = (...args: string[]): [string, ...string[]] => [
      ...(['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] as const),
      ...programAt(isExecutable ? executable() : program[0], join(folder, 'app')),
      ...args,
    ];
    const asNobody = (...args: string[]) => {
      const [first, ...rest] = commandOfNobody(...args);
      const options = { env: environment(), cwd: folder, maxBuffer: 64 * 1024 * 1024 } as const;
      return spawnSync(first, rest, { encoding: 'utf8', ...options });
    };

    it('sees the sockets, and one line reports what it cannot see', () => {
      const { status, stdout, stderr } = asNobody('-tlpn');
      expect(status).toBe(0);
      const row = stdout.split('\n').find((line) => line.includes(` 127.0.0.1:${port} `));
      expect(row).toMatch(/LISTEN +- +$/);
      expect(stderr).toMatch(
        /^tsnetstat: warning: the owners of \d+ sockets? could not be determined: \d+ process(es)? could not be inspected; root[^\n]*\n$/,
      );
    });

    it.skipIf(inNamespace !== null)(
      `sees the same table as root without -p, and hears nothing${because(inNamespace)}`,
      () => {
        // Two listings are compared, so they are of a network in which nobody else opens anything.
        const opener = `
          const { spawnSync } = require('node:child_process');
          const server = require('node:net').createServer().listen(0, '0.0.0.0', () => {
            const [root, nobody] = JSON.parse(process.argv[1]).map(([first, ...rest]) =>
              spawnSync(first, rest, { encoding: 'utf8' }));
            console.log(JSON.stringify({ port: server.address().port, root, nobody }));
            server.close();
          });`;
        const commands = JSON.stringify([[...program, '-tln'], commandOfNobody('-tln')]);
        const inside = ['--net', process.execPath, '-e', opener, commands];
        const options = { encoding: 'utf8', env: environment(), cwd: folder } as const;
        const { port, root, nobody } = JSON.parse(spawnSync('unshare', inside, options).stdout);
        expect(nobody.stderr).toBe('');
        expect(nobody.stdout).toContain(` 0.0.0.0:${port} `);
        expect(nobody.stdout).toBe(root.stdout);
      },
    );

    it('warns that a table may not be read', () => {
      const proc = join(folder, 'proc');
      mkdirSync(join(proc, 'net'), { recursive: true });
      for (const table of ['tcp', 'tcp6']) writeFileSync(join(proc, 'net', table), '', { mode: 0 });
      const { status, stdout, stderr } = asNobody('-tan', '--proc-root', proc);
      expect([status, stdout]).toEqual([2, '']);
      const lines = stderr.split('\n').slice(0, -1);
      expect(lines.at(-1)).toMatch(/^tsnetstat: \S+\/net\/tcp6?: permission denied; run as root/);
      expect(stderr).not.toMatch(/\n {4}at /);
    });
  });
});

it('is the program that a user runs', () => {
  expect(basename(tsnetstat(['-V']).stdout.trim())).toMatch(/^tsnetstat \d/);
});
