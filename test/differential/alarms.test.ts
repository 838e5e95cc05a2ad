/** The recipes of docs/alarms.md, each with the real program that it is for. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { taskFrom } from '../../src/options/command-line.ts';
import { blocksOf, callsIn, commandLinesOf, filesOf } from '../e2e/support/readme.ts';
import type { Output } from '../support/command.ts';
import { programFiles, quotedProgram } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { noSystemd, type Systemd, startSystemd } from '../support/systemd.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { lineErrors } from '../views/text/support/schema.ts';

const page = readFileSync(fileURLToPath(new URL('../../docs/alarms.md', import.meta.url)), 'utf8');
const files = filesOf(page);
const syslogNg = readFileSync(
  fileURLToPath(new URL('../../contrib/syslog-ng/tsnetstat.conf', import.meta.url)),
  'utf8',
);
const fileOf = (path: string) => files.get(path) ?? expect.fail(`docs/alarms.md shows no ${path}`);

const reason =
  noSystemd ??
  reasonToSkip({
    platforms: ['linux'],
    root: true,
    programs: ['/usr/sbin/cron', 'crontab', 'git', 'jq', 'logger', 'python3', 'systemd-analyze'],
    files: programFiles,
  });

// Each recipe waits for programs that run by themselves.
const patient = { timeout: 400_000 };

describe.skipIf(reason !== null)(
  `docs/alarms.md (${reason ?? 'every recipe is run'})`,
  patient,
  () => {
    const folder = temporaryFolder('tsnetstat-alarms-');
    const bin = join(folder, 'bin');
    const baseline = '/var/lib/tsnetstat/ports.json';
    let systemd: Systemd;

    /** A shell's line where systemd runs, with the program and what sends mail in its path. */
    const shell = (line: string) =>
      systemd.inside('env', `PATH=${bin}:${process.env.PATH}`, 'sh', '-c', line);
    const open = (port: number) => systemd.inside('systemctl', 'start', `listener@${port}.service`);
    const close = (port: number) => systemd.inside('systemctl', 'stop', `listener@${port}.service`);
    const text = ({ stdout, stderr }: Output) => `${stdout}${stderr}`;
    const sent = (name: string) =>
      existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '';

    function tool(name: string, script: string) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bin, name), 0o755);
    }

    /** A unit of the page that runs what the test has, and in which no time of the test's own comes round. */
    const unitOf = (name: string) =>
      fileOf(`/etc/systemd/system/${name}`)
        .replaceAll('/usr/local/bin/tsnetstat', join(bin, 'tsnetstat'))
        .replaceAll('mail -s', `${join(bin, 'mail')} -s`)
        .replace('OnBootSec=5min', 'OnBootSec=10h')
        .replace('OnUnitActiveSec=5min', 'OnUnitActiveSec=10h');

    beforeAll(async () => {
      mkdirSync(bin);
      tool('tsnetstat', `exec ${quotedProgram} "$@"`);
      tool(
        'mail',
        `{ echo "subject: $2, to: $3"; cat; } > '${folder}/mail.tmp' && mv '${folder}/mail.tmp' '${folder}/mail'`,
      );
      const units = [...files.keys()]
        .filter((path) => path.startsWith('/etc/systemd/system/'))
        .map((path) => basename(path));
      systemd = await startSystemd({
        ...Object.fromEntries(units.map((name) => [name, unitOf(name)])),
        'hanging-check.service': unitOf('ports-check.service')
          .replace(/^ExecStart=.*$/m, "ExecStart=/bin/sh -c 'kill -STOP $$$$$$$$'")
          .replace('TimeoutStartSec=1min', 'TimeoutStartSec=1s'),
        'crond.service': '[Service]\nExecStart=/usr/sbin/cron -f\n',
        // It has started once it listens.
        'listener@.service': `[Service]\nType=forking\nExecStart=/usr/bin/python3 -c "import os, socket, time; s = socket.socket(); s.bind(('0.0.0.0', %i)); s.listen(); os.fork() and os._exit(0); time.sleep(3600)"\n`,
        'late.service': `[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sleep 3\nExecStart=systemctl start listener@8470.service\n`,
        // Two programs with titles have one socket.
        'shared.service': `[Service]\nType=forking\nExecStart=/usr/bin/python3 -c "import os, socket; s = socket.socket(); s.bind(('0.0.0.0', 8478)); s.listen(); s.set_inheritable(True); [os.fork() or os.execv('/bin/sleep', [title, '3600']) for title in ('web: master process', 'web: worker', 'cache 1 of 2')]"\n`,
      });
      // What the recipes write to is the test's own.
      await shell(
        'mkdir -p /run/lib && mount -t tmpfs tmpfs /run/lib && mount --bind /run/lib /var/lib',
      );
    });
    afterAll(async () => {
      await systemd.stop();
    });

    it('every file that it shows is one of those that are tried here', () => {
      expect([...files.keys()].sort()).toEqual([
        '.gitattributes',
        '.github/workflows/ports.yml',
        '/etc/cron.d/tsnetstat',
        '/etc/systemd/system/ports-alarm@.service',
        '/etc/systemd/system/ports-check.service',
        '/etc/systemd/system/ports-check.timer',
        '/etc/systemd/system/ports-log.service',
        '/etc/vector/tsnetstat.toml',
      ]);
    });

    /** Waits for what a program that runs by itself is about to do. */
    async function until<T>(look: () => T | Promise<T>, seconds = 200): Promise<T> {
      const end = Date.now() + seconds * 1000;
      for (;;) {
        const seen = await look();
        if (seen || Date.now() > end) return seen;
        await sleep(100);
      }
    }

    /** The lines of the first block for a shell behind a heading. */
    function shellLinesOf(heading: string): string {
      const section = page.split(/^## /m).find((one) => one.startsWith(heading)) ?? '';
      const block = blocksOf(section).find(({ language }) => language === 'sh');
      return block?.text ?? expect.fail(`no shell block behind ${heading}`);
    }

    it('the baseline is made where systemd, cron and people look for it', async () => {
      const lines = blocksOf(page).find(({ language }) => language === 'sh')?.text ?? '';
      expect(text(await shell(lines))).toBe('');
      expect(text(await shell(`jq -r .schemaVersion ${baseline}`))).toBe('1\n');
    });

    it('systemd finds nothing wrong with the units', async () => {
      const units = [...files.keys()].filter((path) => path.startsWith('/etc/systemd/system/'));
      const places = units.map((path) => `/run/units/${basename(path).replace('@.', '@x.')}`);
      const { stdout, stderr, code } = await systemd.inside('systemd-analyze', 'verify', ...places);
      expect(`${stdout}${stderr}`).toBe('');
      expect(code).toBe(0);
    });

    const property = async (name: string, unit: string) =>
      text(await systemd.inside('systemctl', 'show', '-P', name, unit)).trim();

    it('after a boot the timer waits for servers that need a while, and has a next time', async () => {
      await open(8470);
      await shell(`cp ${baseline} /run/ports.json && tsnetstat -tul --save ${baseline}`);
      await close(8470);
      // As it was left by a timer that ran before the boot.
      const stamp = '/var/lib/systemd/timers/stamp-ports-check.timer';
      await shell(`mkdir -p ${dirname(stamp)} && touch -d '2 hours ago' ${stamp}`);
      expect((await systemd.inside('systemctl', 'start', 'ports-check.timer')).code).toBe(0);
      await systemd.inside('systemctl', 'start', 'late.service');
      expect(await property('ExecMainStartTimestamp', 'ports-check.service')).toBe('');
      expect(sent('mail')).toBe('');
      expect(await property('NextElapseUSecMonotonic', 'ports-check.timer')).toMatch(/^\d/);
      await systemd.inside('systemctl', 'stop', 'ports-check.timer');
      await close(8470);
      await shell(`mv /run/ports.json ${baseline}`);
    });

    it('the check passes on the baseline, and fails with an alarm on a new port', async () => {
      expect((await systemd.inside('systemctl', 'start', 'ports-check.service')).code).toBe(0);
      expect(sent('mail')).toBe('');
      await open(8471);
      expect((await systemd.inside('systemctl', 'start', 'ports-check.service')).code).not.toBe(0);
      const mail = await until(() => sent('mail'));
      expect(mail).toMatch(/^subject: ports-check\.service on \S+, to: root$/m);
      expect(mail).toMatch(/^\+.*0\.0\.0\.0:8471/m);
      rmSync(join(folder, 'mail'));
      // The next mail has nothing of this run.
      await systemd.inside('systemctl', 'start', 'ports-check.service');
      const next = await until(() => sent('mail'));
      expect(next.match(/^\+.*0\.0\.0\.0:8471/gm)).toHaveLength(1);
      expect(next.match(/Failed with result/g)).toHaveLength(1);
      rmSync(join(folder, 'mail'));
      await close(8471);
      expect((await systemd.inside('systemctl', 'start', 'ports-check.service')).code).toBe(0);
    });

    it('a check that hangs is an alarm too', async () => {
      await systemd.inside('systemctl', 'start', '--no-block', 'hanging-check.service');
      const mail = await until(() => sent('mail'));
      expect(mail).toMatch(/^subject: hanging-check\.service on /);
      expect(mail).toContain('timed out');
      rmSync(join(folder, 'mail'));
    });

    it('UDP clients are left out of each recipe by what the page says', async () => {
      const [, ignore = '', not = ''] =
        /add\n`(--ignore '.*?')`[^`]*`--diff`[^`]*`('not .*?')`[^`]*`--follow`/.exec(page) ?? [];
      const toml = JSON.parse(
        /^command = (.*)$/m.exec(fileOf('/etc/vector/tsnetstat.toml'))?.[1] ?? '',
      ).join(' ');
      const shown = `${page}${syslogNg}`.matchAll(/\btsnetstat -[^|"`\n]*/g);
      const lines = [...[...shown].map(([line]) => line), toml].filter((line) =>
        /--diff|--follow/.test(line),
      );
      expect(lines).toHaveLength(8);
      for (const line of lines) {
        const [words = []] = callsIn(`${line} ${line.includes('--diff') ? ignore : not}`);
        expect(() => taskFrom(words), line).not.toThrow();
      }
      const check = `tsnetstat -tul --diff ${baseline}`;
      const client = (line: string) =>
        shell(
          `python3 -c "import socket, subprocess, sys; s = socket.socket(type=socket.SOCK_DGRAM); s.bind(('0.0.0.0', 40000)); sys.exit(subprocess.call(sys.argv[1], shell=True))" "${line}"`,
        );
      expect((await client(check)).code).toBe(1);
      expect(await client(`${check} ${ignore}`)).toMatchObject({ code: 0, stderr: '' });
    });

    /**
     * Opens ports until a log tells of one: until then what follows them may not have begun. Then it closes
     * that one, which the log tells too.
     */
    async function seesPorts(from: number, log: () => Promise<string>): Promise<void> {
      for (let port = from; port < from + 20; port++) {
        await open(port);
        const tells = (event: string) => async () =>
          new RegExp(`${event}.* 0\\.0\\.0\\.0:${port} .*python`).test(await log());
        const isSeen = await until(tells('opened'), 5);
        await close(port);
        if (!isSeen) continue;
        expect(await until(tells('closed'))).toBe(true);
        return;
      }
      expect.fail(`no port was told of: ${await log()}`);
    }
    const journal = async (...of: readonly string[]) =>
      text(await systemd.inside('journalctl', '--no-pager', '-o', 'cat', ...of));

    it('the unit that follows has each change in the journal', async () => {
      await systemd.inside('systemctl', 'start', 'ports-log.service');
      await seesPorts(8500, () => journal('-u', 'ports-log.service'));
      // A new journal has another end of the pipe.
      const journald = ['systemd-journald.socket', 'systemd-journald-dev-log.socket'];
      for (const verb of ['stop', 'start']) {
        await systemd.inside('systemctl', verb, 'systemd-journald.service', ...journald);
      }
      const before = await property('MainPID', 'ports-log.service');
      // Its next line finds the pipe closed.
      await open(8499);
      const isRestarted = async () =>
        !['0', before].includes(await property('MainPID', 'ports-log.service'));
      expect(await until(isRestarted)).toBe(true);
      await close(8499);
      await seesPorts(8600, () => journal('-u', 'ports-log.service'));
      await systemd.inside('systemctl', 'stop', 'ports-log.service');
      expect(await property('Result', 'ports-log.service')).toBe('success');
      expect(await property('ActiveState', 'ports-log.service')).toBe('inactive');
    });

    it('logger takes the changes to syslog', async () => {
      const piped = shell(`exec timeout 600 sh -c '${shellLinesOf('syslog').trim()}'`);
      await seesPorts(8530, () => journal('-t', 'tsnetstat'));
      await shell('pkill -f "tsnetstat.* --follow"');
      await piped;
    });

    it.each([
      [
        'Vector',
        () => JSON.parse(/^command = (.*)$/m.exec(fileOf('/etc/vector/tsnetstat.toml'))?.[1] ?? ''),
      ],
      [
        'Fluent Bit',
        () =>
          (commandLinesOf(page).find((line) => line.includes('fluent-bit')) ?? '')
            .split(' | ')[0]
            ?.split(' '),
      ],
    ])('%s is given one object a line', async (name, command) => {
      const out = join(folder, `${name}.ndjson`);
      const written = async () => (existsSync(out) ? readFileSync(out, 'utf8') : '');
      const [first, ...rest] = command() as readonly string[];
      expect(first).toBe('tsnetstat');
      const following = shell(`exec tsnetstat ${rest.join(' ')} > '${out}'`);
      await seesPorts(8560, async () =>
        (await written())
          .split('\n')
          .filter((line) => line.endsWith('}'))
          .map((line) => JSON.parse(line))
          .map(
            ({ event, socket }) =>
              `${event} ${socket.local.address}:${socket.local.port} ${JSON.stringify(socket.owners)}`,
          )
          .join('\n'),
      );
      await shell('pkill -f "tsnetstat.* --follow"');
      await following;
      for (const line of (await written()).trim().split('\n'))
        expect(lineErrors(JSON.parse(line)), line).toEqual([]);
    });

    it('cron takes the line and mails each change once', async () => {
      // How long the machine is up is the test's own.
      const uptime = join(folder, 'uptime');
      writeFileSync(uptime, '299.99 12.30\n');
      const table = fileOf('/etc/cron.d/tsnetstat').replace('/proc/uptime', uptime);
      const [, ...words] = /^\S+ \S+ \S+ \S+ \S+ root (.*)$/m.exec(table) ?? [];
      const tableFile = join(folder, 'crontab');
      writeFileSync(tableFile, table.replace(/^\*\/5/m, '*').replace(/^PATH=/m, `PATH=${bin}:`));
      expect((await systemd.inside('crontab', '-n', tableFile)).code).toBe(0);
      // The system's own tables are covered, and what sends its mail is the test's.
      tool('sendmail', `cat > '${folder}/cron.tmp' && mv '${folder}/cron.tmp' '${folder}/cron'`);
      const set =
        await shell(`mount -t tmpfs tmpfs /etc/cron.d && cp '${tableFile}' /etc/cron.d/tsnetstat &&
      mount --bind /dev/null /etc/crontab && mkdir /run/spool /run/sbin && mount --bind /run/spool /var/spool/cron &&
      cp -a /usr/sbin/cron /run/sbin/ && cp '${bin}/sendmail' /run/sbin/ && mount --bind /run/sbin /usr/sbin`);
      expect(text(set)).toBe('');
      await open(8475);
      const soon = await shell(words[0] ?? '');
      expect(text(soon)).toBe('');
      writeFileSync(uptime, '300.00 12.30\n');
      await systemd.inside('systemctl', 'start', 'crond.service');
      const mail = await until(() => sent('cron'), 250);
      expect(mail).toMatch(/^To: root$/m);
      expect(mail).toMatch(/^\+.* 0\.0\.0\.0:8475 /m);
      const again = await shell(words[0] ?? '');
      expect(text(again)).toBe('');
      expect(again.code).toBe(0);
    });

    it('the step of CI fails on what the baseline does not have', async () => {
      const step = /run: npx (tsnetstat .*)$/m.exec(fileOf('.github/workflows/ports.yml'))?.[1];
      const make = commandLinesOf(page).find((line) => line.endsWith('-tl --save ports.json'));
      const runIn = (line: string | undefined) =>
        shell(`mkdir -p /run/ci && cd /run/ci && ${line}`);
      expect(await runIn(step)).toMatchObject({ code: 2 });
      expect(await runIn(make)).toMatchObject({ code: 0 });
      expect(await runIn(step)).toMatchObject({ code: 0, stderr: '' });
      await open(8476);
      expect(await runIn(step)).toMatchObject({ code: 1 });
      await close(8476);
      expect(await runIn(step)).toMatchObject({ code: 0 });
    });

    it('git shows what matters of two baselines', async () => {
      const inGit = (line: string) =>
        shell(`mkdir -p /run/git && cd /run/git && export HOME=/run/git && ${line}`);
      const [config, save, show] = shellLinesOf('A baseline in git').trim().split('\n');
      writeFileSync(join(folder, 'gitattributes'), fileOf('.gitattributes'));
      await inGit(
        `git init -q && cp '${folder}/gitattributes' .gitattributes && ${config} && ${save}`,
      );
      await inGit('git add -A && git -c user.name=x -c user.email=x@x commit -qm first');
      await close(8475);
      await open(8475);
      await inGit(`${save}`);
      expect(text(await inGit(`${show}`))).not.toMatch(/^[-+]\w/m);
      await open(8477);
      await inGit(`${save}`);
      const changed = text(await inGit(`${show}`));
      expect(changed.match(/^[-+]\w.*/gm)).toEqual([
        expect.stringMatching(/^\+tcp\t0\.0\.0\.0\t8477\tpython/),
      ]);
      await systemd.inside('systemctl', 'start', 'shared.service');
      await inGit(`${save}`);
      expect(text(await inGit(`${show}`))).toMatch(/^\+tcp\t0\.0\.0\.0\t8478\tcache,web$/m);
    });
  },
);
