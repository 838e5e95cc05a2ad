/** --save and --diff on live sockets: daemons that are restarted, swapped and moved, users, links, routes, containers. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Difference } from '../../src/model/report/difference.ts';
import { removeCgroups, unifiedCgroups } from '../support/cgroup.ts';
import { type Output, run } from '../support/command.ts';
import { freePort } from '../support/free-port.ts';
import { program } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Engine, noContainers, startEngine } from './containers.ts';
import { skipReason as noZoo, startZoo, type Visit, type Zoo } from './zoo.ts';

const skipReason =
  noZoo ??
  reasonToSkip({ platforms: ['linux'], files: { '/bin/busybox': 'install busybox-static' } });

/** Opens the sockets that its arguments name, as `tcp:127.0.0.1:80`, and holds them. */
const daemon = `
import os, socket, sys, time
held = []
for place in sys.argv[2:]:
    kind, address, port = place.rsplit(':', 2)[-3:] if place.count(':') > 1 else place.split(':') + ['']
    if kind == 'unix':
        s = socket.socket(socket.AF_UNIX)
        s.bind(address)
        s.listen()
    else:
        s = socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == 'tcp' else socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        s.bind((address, int(port)))
        if kind == 'tcp': s.listen()
    held.append(s)
open(sys.argv[1], 'w').write(str(os.getpid()))
time.sleep(600)
`;

describe.skipIf(skipReason)(`what has changed ${skipReason ?? ''}`, () => {
  let zoo: Zoo;
  let started = 0;
  const living: string[] = [];
  beforeAll(async () => {
    zoo = await startZoo('empty');
  });
  afterAll(async () => {
    await zoo?.stop();
  });
  beforeEach(async () => {
    await zoo.run(['ip', 'link', 'set', 'lo', 'up']);
    await zoo.run(['chmod', '777', zoo.folder]);
  });
  afterEach(async () => {
    await Promise.all(living.splice(0).map(end));
    rmSync(join(zoo.folder, 'base.json'), { force: true });
  });

  /** Starts a daemon of this name; what ends it. */
  async function start(name: string, places: readonly string[], visit: Visit = {}) {
    const pidFile = join(zoo.folder, `pid-${started++}`);
    const named = `import os, sys; os.execv('/usr/bin/python3', [sys.argv[1]] + sys.argv[2:])`;
    const inner = ['-c', daemon, pidFile, ...places];
    const command = ['/usr/bin/python3', '-c', named, name, ...inner];
    await zoo.run(
      [
        'sh',
        '-c',
        'log=$0; setsid -f "$@" </dev/null >/dev/null 2>"$log"',
        `${pidFile}.log`,
        ...command,
      ],
      visit,
    );
    for (let tries = 0; ; tries++) {
      const pid = readIfThere(pidFile);
      if (pid !== '') {
        living.push(pid);
        return pid;
      }
      const said = readIfThere(`${pidFile}.log`);
      if (said !== '' || tries > 4000) throw new Error(`${name}: ${said}`);
      await sleep(20);
    }
  }

  async function end(pid: string) {
    await zoo.run([
      'sh',
      '-c',
      'kill -9 "$0"; while [ -n "$(ls "/proc/$0/fd" 2>/dev/null)" ]; do sleep 0.01; done',
      pid,
    ]);
    const at = living.indexOf(pid);
    if (at >= 0) living.splice(at, 1);
  }

  const base = () => join(zoo.folder, 'base.json');
  const save = async (...args: readonly string[]) => {
    const { code, stderr } = await zoo.tsnetstat([...args, '--save', base()]);
    expect([code, stderr]).toEqual([0, '']);
  };
  /** What differs, as lines without columns: signs, places, programs. */
  async function differs(...args: readonly string[]) {
    const { stdout, stderr, code } = await zoo.tsnetstat([...args, '--diff', base()]);
    const lines = stdout.toString().split('\n').slice(2, -1);
    expect(code).toBe(lines.some((line) => !line.startsWith('=')) ? 1 : 0);
    return {
      stderr,
      lines: lines.map((line) =>
        line
          .replace(/^(.tcp|.udp) +\d+ +\d+ /, '$1 ')
          .replaceAll(/(?<= )\d+\/(?=[a-z])/g, '')
          .replace(/PID \d+/, 'PID')
          .replaceAll(/ +/g, ' '),
      ),
    };
  }

  it('a daemon that was restarted has not: -v reports that it was replaced', async () => {
    const pid = await start('webd', ['tcp:0.0.0.0:8080', 'tcp:127.0.0.1:8081']);
    await save('-tl');
    expect(await differs()).toEqual({ lines: [], stderr: '' });
    await end(pid);
    await start('webd', ['tcp:0.0.0.0:8080', 'tcp:127.0.0.1:8081']);
    expect((await differs()).lines).toEqual([]);
    expect((await differs('-v')).lines).toEqual([
      '=tcp 0.0.0.0:8080 0.0.0.0:* LISTEN webd (was PID)',
      '=tcp 127.0.0.1:8081 0.0.0.0:* LISTEN webd (was PID)',
    ]);
  });

  it('a daemon that was swapped has, and one that came and one that went', async () => {
    const pid = await start('webd', ['tcp:0.0.0.0:8080']);
    const gone = await start('oldd', ['udp:127.0.0.1:53']);
    await save('-tul');
    await end(pid);
    await end(gone);
    await start('evild', ['tcp:0.0.0.0:8080']);
    await start('newd', ['tcp:127.0.0.1:9090']);
    expect((await differs()).lines).toEqual([
      '-udp 127.0.0.1:53 0.0.0.0:* oldd',
      '+tcp 127.0.0.1:9090 0.0.0.0:* LISTEN newd',
      '~tcp 0.0.0.0:8080 0.0.0.0:* LISTEN evild (program webd → evild)',
    ]);
  });

  it('an executable that was swapped under its name has', async () => {
    await zoo.run(['mkdir', '-p', `${zoo.folder}/a`, `${zoo.folder}/b`]);
    const serve = async (folder: string) => {
      const file = `${zoo.folder}/${folder}/busybox`;
      await zoo.run(['cp', '/bin/busybox', file]);
      const line = 'setsid -f "$0" httpd -f -p 127.0.0.1:8080 </dev/null >/dev/null 2>&1';
      await zoo.run(['sh', '-c', line, file]);
      expect(await zoo.tsnetstat(['-q', '--wait', '60', '-tl', '--port', '8080'])).toMatchObject({
        code: 0,
      });
      return (await zoo.run(['pgrep', '-nx', 'busybox'])).stdout.toString().trim();
    };
    const pid = await serve('a');
    await save('-tl');
    await zoo.run(['rm', `${zoo.folder}/a/busybox`]);
    expect((await differs()).lines).toEqual([]);
    await end(pid);
    living.push(await serve('b'));
    const { lines } = await differs();
    expect(lines).toEqual([
      `~tcp 127.0.0.1:8080 0.0.0.0:* LISTEN busybox (executable ${zoo.folder}/a/busybox → ${zoo.folder}/b/busybox)`,
    ]);
  });

  it('a port that moves from 127.0.0.1 to 0.0.0.0 has, in one line', async () => {
    const pid = await start('appd', ['tcp:127.0.0.1:3000']);
    await save('-tl');
    await end(pid);
    await start('appd', ['tcp:0.0.0.0:3000']);
    expect((await differs()).lines).toEqual([
      '~tcp 0.0.0.0:3000 0.0.0.0:* LISTEN appd (address 127.0.0.1 → 0.0.0.0)',
    ]);
  });

  it('another user has', async () => {
    const pid = await start('appd', ['tcp:0.0.0.0:3000']);
    await save('-tl');
    await end(pid);
    await start('appd', ['tcp:0.0.0.0:3000'], { uid: 65534 });
    expect((await differs()).lines).toEqual([
      '~tcp 0.0.0.0:3000 0.0.0.0:* LISTEN appd (uid 0 → 65534)',
    ]);
  });

  it('a process in the cgroup of a container that takes the port has, under the same name', async () => {
    const top = mkdtempSync(join(unifiedCgroups(), 'tsnetstat-'));
    const id = '0123456789abcdef'.repeat(4);
    const [unit, container] = [join(top, 'web.service'), join(top, `libpod-${id}.scope`)];
    for (const folder of [unit, container]) mkdirSync(folder);
    /** What starts a program there. */
    const inside = (folder: string): Visit => {
      return { under: ['sh', '-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"', folder] };
    };
    try {
      const pid = await start('webd', ['tcp:0.0.0.0:8080'], inside(unit));
      await save('-tl', '--workloads');
      await end(pid);
      await start('webd', ['tcp:0.0.0.0:8080'], inside(container));
      expect((await differs()).lines).toEqual([
        `~tcp 0.0.0.0:8080 0.0.0.0:* LISTEN webd podman:${id.slice(0, 12)} (workload web.service → podman:${id.slice(0, 12)})`,
      ]);
    } finally {
      await Promise.all([...living].map(end));
      await removeCgroups(top);
    }
  });

  it('workers that share a port have not, whatever their number; another program there has', async () => {
    await start('webd', ['tcp:0.0.0.0:8080', 'tcp:0.0.0.0:8080']);
    await save('-tl');
    await start('webd', ['tcp:0.0.0.0:8080', 'tcp:0.0.0.0:8080']);
    expect((await differs()).lines).toEqual([]);
    await start('evild', ['tcp:0.0.0.0:8080']);
    expect((await differs()).lines).toEqual(['+tcp 0.0.0.0:8080 0.0.0.0:* LISTEN evild']);
  });

  it('owners that may not be seen have not, and are counted', async () => {
    await start('webd', ['tcp:0.0.0.0:8080']);
    await save('-tl', '--save-mode', '0644');
    const { stdout, stderr, code } = await zoo.tsnetstat(['--diff', base()], { uid: 65534 });
    expect([stdout.toString(), code]).toEqual(['', 0]);
    expect(stderr).toContain('1 socket: owners not compared, since one side lacks them');
  });

  it('owners that may not be seen are not forgotten: what takes the port later has changed', async () => {
    const pid = await start('webd', ['tcp:0.0.0.0:8080']);
    await save('-tl', '--save-mode', '0644');
    const line = ['--diff', base(), '--save', base()];
    const { stderr, code } = await zoo.tsnetstat(line, { uid: 65534 });
    expect(code).toBe(2);
    expect(stderr).toContain('not saved, since it cannot be seen now who holds 1 socket');
    await end(pid);
    await start('evild', ['tcp:0.0.0.0:8080']);
    expect((await zoo.tsnetstat(line)).code).toBe(1);
    expect((await zoo.tsnetstat(line)).code).toBe(0);
  });

  it('owners that are unknown have not changed, and cron has nothing to mail', async () => {
    await start('webd', ['tcp:0.0.0.0:8080']);
    const nobody = { uid: 65534 };
    const { stdout: document } = await zoo.tsnetstat(['-tl', '--save', '-'], nobody);
    writeFileSync(base(), document);
    const silent = await zoo.tsnetstat(['--diff', base()], nobody);
    expect([silent.stdout.toString(), silent.stderr, silent.code]).toEqual(['', '', 0]);
    const run = await zoo.tsnetstat(['-v', '--diff', base()], nobody);
    expect(run.stderr).toContain('1 socket: owners not compared, since both sides lack them');
  });

  it('UNIX sockets go by their path', async () => {
    const path = `${zoo.folder}/s`;
    const pid = await start('busd', [`unix:${path}`]);
    await save('-xl');
    await end(pid);
    await zoo.run(['rm', '-f', path]);
    await start('busd', [`unix:${path}`]);
    expect((await differs()).lines).toEqual([]);
    expect((await differs('-v')).lines).toHaveLength(1);
  });

  it('interfaces, routes and memberships have', async () => {
    const ip = async (...args: string[]) => {
      expect((await zoo.run(['ip', ...args])).stderr).toBe('');
    };
    await ip('link', 'add', 'd0', 'type', 'veth', 'peer', 'name', 'd1');
    // An address of its own would come a moment later.
    for (const name of ['d0', 'd1']) {
      await ip('link', 'set', name, 'addrgenmode', 'none');
    }
    await ip('link', 'set', 'd1', 'up');
    await ip('addr', 'add', '203.0.113.1/24', 'dev', 'd0');
    await ip('link', 'set', 'd0', 'up');
    // The kernel tells of the carrier a moment later.
    for (const name of ['d0', 'd1']) {
      const line = `until ip link show ${name} | grep -q 'state UP'; do sleep 0.05; done`;
      expect((await zoo.run(['sh', '-c', line])).code).toBe(0);
    }
    await save('-ia');
    await ip('addr', 'add', '203.0.113.2/24', 'dev', 'd0');
    await ip('link', 'set', 'd0', 'mtu', '1400');
    const { lines } = await differs();
    expect(lines).toEqual([
      expect.stringMatching(
        /^~d0 mtu 1400 .*\(mtu 1500 → 1400; addresses 203\.0\.113\.1\/24.* → 203\.0\.113\.1\/24, 203\.0\.113\.2\/24.*\)$/,
      ),
    ]);
    await save('-r');
    await ip('route', 'add', '198.51.100.0/24', 'via', '203.0.113.254');
    expect((await differs()).lines).toEqual([
      expect.stringMatching(/^\+198\.51\.100\.0\/24 via 203\.0\.113\.254 dev d0 /),
    ]);
    await save('-r');
    await ip('route', 'replace', '198.51.100.0/24', 'via', '203.0.113.253');
    expect((await differs()).lines).toEqual([
      expect.stringMatching(
        /^~198\.51\.100\.0\/24 .*\(gateway 203\.0\.113\.254 → 203\.0\.113\.253\)$/,
      ),
    ]);
    await save('-g');
    await ip('link', 'del', 'd0');
    expect((await differs()).lines.every((line) => /^-d[01] /.test(line))).toBe(true);
  });

  describe('the file', () => {
    const names = () => readdirSync(zoo.folder).filter((name) => /base|tmp/.test(name));

    it('is always one whole document, however many save it at once', async () => {
      await start(
        'webd',
        Array.from({ length: 50 }, (_, i) => `tcp:127.0.0.1:${4000 + i}`),
      );
      // At first there is none; then there is one that is whole all the time.
      for (const isThere of [false, true]) {
        const saving = Array.from({ length: 6 }, () => zoo.tsnetstat(['-tl', '--save', base()]));
        let isSaving = true;
        const all = Promise.all(saving).finally(() => {
          isSaving = false;
        });
        let seen = 0;
        while (isSaving) {
          const text = readIfThere(base());
          if (isThere || text !== '') expect(JSON.parse(text).sockets).toHaveLength(50);
          seen++;
          await sleep(1);
        }
        expect((await all).map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0]);
        expect(seen).toBeGreaterThan(0);
      }
      expect(names()).toEqual(['base.json']);
      expect(statSync(base()).mode & 0o777).toBe(0o600);
    });

    it.each([
      ['INT', 130],
      ['TERM', 143],
      ['HUP', 129],
      // By the signal itself, which is to leave an image where such are wanted.
      ['QUIT', 131],
      ['USR2', 140],
    ])('is not there, nor anything else, where SIG%s ends the program', async (signal, code) => {
      const command = [...zoo.program, '-tl', '--port', '9', '--wait', '--save', base()];
      // Once the file is there and the program takes the signal.
      const script = `ulimit -c 0; "$@" & pid=$!; number=$(kill -l ${signal})
        caught() { (( 0x$(awk '/^SigCgt/ { print $2 }' /proc/$pid/status) >> (number - 1) & 1 )); }
        until ls -A "${zoo.folder}" | grep -q '^[.]tsnetstat' && caught; do sleep 0.05; done
        kill -${signal} $pid; wait $pid`;
      // A shell without job control has what it starts ignore SIGINT.
      const ended = await zoo.run(['bash', '-mc', script, 'bash', ...command]);
      expect(ended).toMatchObject({ code });
      expect(names()).toEqual([]);
    });

    it('stays as it was where the program is killed outright', async () => {
      await save('-tl');
      const before = readFileSync(base(), 'utf8');
      const command = [...zoo.program, '-tl', '--port', '9', '--wait', '--save', base()];
      const script = `"$@" & pid=$!
        until ls -A "${zoo.folder}" | grep -q '^[.]tsnetstat'; do sleep 0.05; done
        kill -9 $pid; wait $pid`;
      await zoo.run(['bash', '-c', script, 'bash', ...command]);
      expect(readFileSync(base(), 'utf8')).toBe(before);
      // What is left has a name by which it is known, and is its owner's alone.
      for (const name of names().filter((one) => one !== 'base.json')) {
        expect(name).toMatch(/^\.tsnetstat-[0-9a-f]{18}\.tmp$/);
        expect(statSync(join(zoo.folder, name)).mode & 0o777).toBe(0o600);
        rmSync(join(zoo.folder, name));
      }
    });

    it('is refused where the user may not write', async () => {
      await zoo.run(['chmod', '755', zoo.folder]);
      const { stderr, code } = await zoo.tsnetstat(['-tl', '--save', base()], { uid: 65534 });
      expect(stderr).toContain(
        `tsnetstat: --save ${base()}: no permission to write to its folder\n`,
      );
      expect(code).toBe(2);
    });

    it('may be a pipe: <(…) of a shell, and standard input', async () => {
      await start('webd', ['tcp:0.0.0.0:8080']);
      const [line] = ['"$@" --diff <("$@" --json -p) && "$@" --json -p | "$@" --diff -'];
      const answer = await zoo.run(['bash', '-c', line, 'bash', ...zoo.program, '-tl']);
      expect(answer).toMatchObject({ code: 0, stderr: '' });
      expect(answer.stdout.toString()).toBe('');
    });
  });
});

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const withoutContainers = noContainers ?? reasonToSkip({ platforms: ['linux'], loopback: true });

describe.skipIf(withoutContainers)(`a container ${withoutContainers ?? ''}`, () => {
  let engine: Engine;
  let port = 0;
  beforeAll(async () => {
    engine = await startEngine();
    port = await freePort();
  }, 300_000);
  afterAll(async () => {
    await engine?.remove();
  }, 300_000);

  const tsnetstat = (...args: readonly string[]): Promise<Output> =>
    run([...program, '-tl', '--port', String(port), '--workloads', ...args]);

  it('that takes a port of the host is a change though the program has the same name', async () => {
    const base = join(temporaryFolder('tsnetstat-base-'), 'base.json');
    const httpd = ['httpd', '-f', '-p', String(port)];
    const host = run(['timeout', '-s', 'KILL', '600', '/bin/busybox', ...httpd]);
    expect((await tsnetstat('-q', '--wait', '100')).code).toBe(0);
    expect((await tsnetstat('--save', base)).code).toBe(0);
    expect((await tsnetstat('--diff', base)).code).toBe(0);
    const { stdout: pids } = await tsnetstat('--pids');
    for (const pid of pids.toString().trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
    await host;
    await engine.start('web', httpd);
    expect((await tsnetstat('-q', '--wait', '100')).code).toBe(0);
    const { stdout, code } = await tsnetstat('--diff', base, '--json');
    expect(code).toBe(1);
    const { added, removed, changed } = JSON.parse(stdout.toString()) as Difference;
    expect([added, removed]).toEqual([[], []]);
    for (const { fields } of changed) {
      expect(fields).toContainEqual({
        field: 'workload',
        before: expect.any(String),
        after: expect.stringMatching(/^podman:/),
      });
      expect(fields.map(({ field }) => field)).not.toContain('owners.program');
    }
    expect(changed.length).toBeGreaterThan(0);
  }, 300_000);
});
