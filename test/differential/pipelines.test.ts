/** What docs/pipelines.md does with a live machine: jq, SQLite and syslog-ng behind --follow. The rest runs in test/e2e/readme.test.ts. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf } from '../e2e/support/readme.ts';
import { type Network, startNetwork } from '../support/network.ts';
import { programFiles, quotedProgram } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { lineErrors } from '../views/text/support/schema.ts';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/pipelines.md'), 'utf8');
const reason = reasonToSkip({
  platforms: ['linux'],
  root: true,
  programs: [
    ...['bash', 'jq', 'sqlite3', '/usr/sbin/syslog-ng'],
    ...['ip', 'unshare', 'nsenter', '/usr/bin/python3'],
  ],
  files: programFiles,
});

/** Opens a connection each 0.2 s, sends 300 bytes and closes it five seconds later: a reading sees it in any case. */
const traffic = `import socket, time
server = socket.create_server(('127.0.0.1', 8080))
print('ready', flush=True)
held = []
while True:
    client = socket.create_connection(('127.0.0.1', 8080))
    accepted, _ = server.accept()
    client.sendall(b'x' * 300)
    held.append((client, accepted))
    time.sleep(0.2)
    if len(held) > 25:
        for one in held.pop(0):
            one.close()`;

describe.skipIf(reason !== null)(`docs/pipelines.md, live (${reason ?? 'all of it'})`, () => {
  const folder = temporaryFolder('tsnetstat-pipelines-');
  const file = (name: string) => join(folder, name);
  const text = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : '');
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
  let network: Network;
  const minutes = { timeout: 300_000 };

  beforeAll(async () => {
    writeFileSync(file('tsnetstat'), `#!/bin/sh\nexec ${quotedProgram} "$@"\n`);
    chmodSync(file('tsnetstat'), 0o755);
    symlinkSync(join(root, 'contrib'), file('contrib'));
    network = await startNetwork();
    await network.start(['/usr/bin/python3', '-c', traffic]);
  });
  afterAll(async () => {
    await network?.stop();
  });

  /** The lines for a shell of the block that begins with `tsnetstat --follow` behind a heading. */
  function linesOf(heading: string): string {
    const section = page.split(/^## /m).find((one) => one.startsWith(`${heading}\n`)) ?? '';
    const block = blocksOf(section).find(
      (one) => one.language === 'sh' && one.text.startsWith('tsnetstat --follow'),
    );
    return block?.text ?? expect.fail(`no block for a shell in ${heading}`);
  }

  /** Runs a command in the network until something is true, at most some minutes, and ends all of it. */
  async function runUntil(command: readonly string[], isDone: () => boolean): Promise<void> {
    const [program, ...args] = network.inside(command);
    const child: ChildProcess = spawn(program, args, {
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
      // A group of its own, to be ended as one.
      detached: true,
    });
    const end = Date.now() + 240_000;
    while (!isDone() && Date.now() < end && child.exitCode === null) await sleep(100);
    if (child.exitCode === null && child.pid !== undefined) {
      process.kill(-child.pid, 'SIGTERM');
      await once(child, 'exit');
    }
    expect(isDone()).toBe(true);
  }

  it('jq prints each connection that closes, as it closes', minutes, async () => {
    const line = /^\S+Z\t(?:8080|\d{5})\t\d+\t300$/m;
    await runUntil(['bash', '-c', `{ ${linesOf('jq').trim()}; } > jq.out`], () =>
      line.test(text('jq.out')),
    );
  });

  it('SQLite reads what --follow wrote', minutes, async () => {
    const [follow = '', ...queries] = linesOf('SQLite').trim().split('\n');
    const table = spawnSync('bash', ['-c', 'sqlite3 sockets.db < contrib/sqlite/sockets.sql'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(table.stderr).toBe('');
    // A whole line of a connection that a reading saw, so that its program is known.
    const closed = /^\{.*"event":"closed".*"bytesSent":300,.*"program":"python3".*\}$/m;
    await runUntil(['bash', '-c', follow], () => closed.test(text('events.ndjson')));
    // It may have been ended within a line.
    writeFileSync(file('events.ndjson'), text('events.ndjson').replace(/[^\n]*$/, ''));
    const { stdout, stderr } = spawnSync('bash', ['-c', queries.join('\n')], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const [, closes = '', bytes = ''] = /^python3\|(\d+)\|(\d+)$/m.exec(stdout) ?? [];
    expect(Number(closes), stdout).toBeGreaterThan(0);
    expect(Number(bytes)).toBeGreaterThan(0);
    expect(Number(bytes) % 300).toBe(0);
  });

  it('syslog-ng has each change as a line and as text', minutes, async () => {
    const config = readFileSync(join(root, 'contrib/syslog-ng/tsnetstat.conf'), 'utf8');
    expect(config).toContain('"/var/log/tsnetstat.ndjson"');
    writeFileSync(
      file('syslog-ng.conf'),
      `@version: 3.38\n${config.replaceAll('/var/log/', `${folder}/`)}`,
    );
    const command = [
      ...['/usr/sbin/syslog-ng', '--foreground', '--no-caps', '-f', file('syslog-ng.conf')],
      ...['-R', file('persist'), '-c', file('control'), '--pidfile', file('pid')],
    ];
    expect(spawnSync(command[0] ?? '', [...command.slice(1), '-s'], { env }).status).toBe(0);
    // Until what follows the sockets has begun, it does not see what is opened.
    let next = 8500;
    let opening: Promise<unknown> | null = null;
    // The line that the page shows, of another server.
    const [, rest = expect.fail('the page shows no line')] =
      /^\d\S+Z (opened .*) 0\.0\.0\.0:8080 by node$/m.exec(page) ?? [];
    const told = new RegExp(`^\\S+Z ${rest} 127\\.0\\.0\\.1:8[5-9]\\d\\d by web server$`, 'm');
    const isTold = () => told.test(text('tsnetstat.log'));
    await runUntil(command, () => {
      if (isTold()) return true;
      opening ??= network
        // What a program calls itself is no further line.
        .listen(next++, 'web\nserver')
        .then(() => sleep(1500))
        .then(() => {
          opening = null;
        });
      return false;
    });
    await opening;
    expect(text('tsnetstat.log')).not.toMatch(/^server/m);
    const lines = text('tsnetstat.ndjson').split('\n').slice(0, -1);
    for (const line of lines) expect(lineErrors(JSON.parse(line)), line).toEqual([]);
    expect(lines.some((line) => line.includes('"event":"opened"'))).toBe(true);
  });
});
