/** The recipes of docs/alarms.md, each with the real program that it is for. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf, commandLinesOf, filesOf } from '../e2e/support/readme.ts';
import type { Output } from '../support/command.ts';
import { programFiles, quotedProgram } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { noSystemd, type Systemd, startSystemd } from '../support/systemd.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { lineErrors } from '../views/text/support/schema.ts';

const page = readFileSync(fileURLToPath(new URL('../../docs/alarms.md', import.meta.url)), 'utf8');
const files = filesOf(page);
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

    beforeAll(async () => {
      mkdirSync(bin);
      tool('tsnetstat', `exec ${quotedProgram} "$@"`);
      tool(
        'mail',
        `{ echo "subject: $2, to: $3"; cat; } > '${folder}/mail.tmp' && mv '${folder}/mail.tmp' '${folder}/mail'`,
      );
      const units = [...files].filter(([path]) => path.startsWith('/etc/systemd/system/'));
      systemd = await startSystemd({
        ...Object.fromEntries(
          units.map(([path, unit]) => [
            basename(path),
            unit
              .replaceAll('/usr/local/bin/tsnetstat', join(bin, 'tsnetstat'))
              .replaceAll('mail -s', `${join(bin, 'mail')} -s`),
          ]),
        ),
        'crond.service': '[Service]\nExecStart=/usr/sbin/cron -f\n',
        // It has started once it listens.
        'listener@.service': `[Service]\nType=forking\nExecStart=/usr/bin/python3 -c "import os, socket, time; s = socket.socket(); s.bind(('0.0.0.0', %i)); s.listen(); os.fork() and os._exit(0); time.sleep(3600)"\n`,
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

    it('the timer has a next time', async () => {
      await systemd.inside('systemctl', 'start', 'ports-check.timer');
      const shown = await systemd.inside(
        'systemctl',
        'show',
        '-P',
        'NextElapseUSecRealtime',
        'ports-check.timer',
      );
      expect(text(shown)).toMatch(/\d\d:\d[05]:\d\d/);
      await systemd.inside('systemctl', 'stop', 'ports-check.timer');
    });

    it('the check passes on the baseline, and fails with an alarm on a new port', async () => {
      expect((await systemd.inside('systemctl', 'start', 'ports-check.service')).code).toBe(0);
      expect(sent('mail')).toBe('');
      await open(8471);
      expect((await systemd.inside('systemctl', 'start', 'ports-check.service')).code).not.toBe(0);
      const mail = await until(() => sent('mail'));
      expect(mail).toMatch(/^subject: ports-check\.service on \S+, to: root$/m);
      expect(mail).toMatch(/^\+.*0\.0\.0\.0:8471/m);
      await close(8471);
      expect((await systemd.inside('systemctl', 'start', 'ports-check.service')).code).toBe(0);
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
      await systemd.inside('systemctl', 'stop', 'ports-log.service');
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
      const table = fileOf('/etc/cron.d/tsnetstat');
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
    });
  },
);
