/** What --diagnose finds of servers that the cgroup freezer holds. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/model/report/diagnosis.ts';
import { removeCgroups, unifiedCgroups } from '../support/cgroup.ts';
import { run } from '../support/command.ts';
import { program } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { documentErrors } from '../views/text/support/schema.ts';
import { skipReason as zooReason } from './zoo.ts';

const skipReason =
  zooReason ??
  reasonToSkip({
    platforms: ['linux'],
    abilities: { 'cgroups of version 2': () => unifiedCgroups() !== '' },
  });

/** How a version of cgroups freezes. */
interface Version {
  readonly root: string;
  readonly file: string;
  readonly freeze: string;
  readonly thaw: string;
}

const v1 = '/sys/fs/cgroup/freezer';
const versions: readonly (readonly [string, () => Version])[] = [
  ['version 2', () => ({ root: unifiedCgroups(), file: 'cgroup.freeze', freeze: '1', thaw: '0' })],
  // Only with the older layout is it mounted.
  ...(existsSync(v1)
    ? [
        [
          'version 1',
          () => ({ root: v1, file: 'freezer.state', freeze: 'FROZEN', thaw: 'THAWED' }),
        ] as const,
      ]
    : []),
];

describe.skipIf(skipReason)(`--diagnose on frozen servers ${skipReason ?? ''}`, () => {
  const runner = fileURLToPath(new URL('diagnose/run.py', import.meta.url));

  /** What is said with a server in a cgroup below `folder`. `command` runs the program, `before` the scene. */
  async function diagnosed(
    { file, freeze, thaw }: Version,
    folder: string,
    kind: 'fault' | 'calm',
    command: readonly string[],
    before: readonly string[] = [],
  ): Promise<Diagnosis> {
    const { stdout, stderr } = await run([
      ...before,
      ...['env', `FROZEN_FOLDER=${folder}`, `FROZEN_FILE=${file}`],
      ...[`FROZEN_WORDS=${freeze} ${thaw}`],
      ...['unshare', '--net', '--pid', '--fork', '--mount-proc', '--kill-child'],
      ...['/usr/bin/python3', '-B', runner, 'frozen-programs', kind],
      ...[...command, ...program, '--diagnose', 'stopped-programs', '--json'],
    ]);
    expect(stderr.toString()).toBe('');
    const diagnosis = JSON.parse(stdout.toString()) as Diagnosis;
    expect(documentErrors(diagnosis)).toEqual([]);
    expect(diagnosis.notRun).toEqual([]);
    return diagnosis;
  }

  /** Gives a cgroup, which is thawed and removed whatever happens. */
  async function inCgroup(version: Version, use: (folder: string) => Promise<void>): Promise<void> {
    const folder = mkdtempSync(join(version.root, 'tsnetstat-'));
    // What version 1 holds cannot even be killed: it is thawed also if this test is.
    const thaw = ['sleep 100; echo "$1" > "$2"', 'sh', version.thaw, join(folder, version.file)];
    const watch = spawn('sh', ['-c', ...thaw], { detached: true, stdio: 'ignore' });
    try {
      await use(folder);
    } finally {
      writeFileSync(join(folder, version.file), version.thaw);
      await removeCgroups(folder);
      process.kill(-(watch.pid as number), 'SIGKILL');
    }
  }

  // Under a covered /sys, as `ip netns exec` leaves it, cgroups are those that the first process sees.
  const covered = ['unshare', '--mount', 'sh', '-c'];
  const cover = 'mount -t tmpfs none /sys/fs/cgroup && exec "$@"';

  describe.each(versions)('of %s', (_, versionOf) => {
    it.each<[string, readonly string[], string]>([
      ['where cgroups are seen', [], ''],
      ['where they are covered', [...covered, cover, 'sh'], '/proc/1/root'],
    ])('%s, a server is found with the cgroup to thaw', async (_, command, root) => {
      const version = versionOf();
      await inCgroup(version, async (folder) => {
        const { findings } = await diagnosed(version, folder, 'fault', command);
        expect(findings).toMatchObject([
          {
            ...{ check: 'stopped-programs', severity: 'critical', certainty: 'sure' },
            title: expect.stringMatching(
              /^app \(PID \d+\) is frozen: nobody answers at 127\.0\.0\.1:7022$/,
            ),
            seen: { processes: 1, others: 0, sockets: 1 },
          },
        ]);
        const [{ observations, remedy } = { observations: [], remedy: '' }] = findings;
        expect(observations[0]).toBe(
          `The cgroup freezer holds it, with the cgroup /${basename(folder)}.`,
        );
        expect(remedy).toContain(`\`echo ${version.thaw} > ${root}${join(folder, version.file)}\``);
      });
    });

    it('of one that was stopped before both are told, where its state still shows that', async () => {
      const version = versionOf();
      await inCgroup(version, async (folder) => {
        const stoppedFirst = ['env', 'FROZEN_STOPPED=1'];
        const { findings } = await diagnosed(version, folder, 'fault', [], stoppedFirst);
        const [{ observations, remedy } = { observations: [], remedy: '' }] = findings;
        expect(observations).toContain(
          `The cgroup freezer holds it, with the cgroup /${basename(folder)}.`,
        );
        // Version 1 changes the state to D.
        if (version.root === v1) expect(remedy).not.toContain('kill -CONT');
        else expect(remedy).toMatch(/`kill -CONT \d+`.*`echo 0 > /);
      });
    });

    it('one whose cgroup is not frozen is not found', async () => {
      const version = versionOf();
      await inCgroup(version, async (folder) => {
        expect((await diagnosed(version, folder, 'calm', [])).findings).toEqual([]);
      });
    });
  });
});
