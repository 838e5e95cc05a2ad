/** Names of containers that Podman really runs, beside what Podman says. */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { liveProc } from '../../src/sources/linux/proc/live-proc.ts';
import { containerNames } from '../../src/sources/linux/workloads/container-names.ts';
import { cgroupReader } from '../../src/sources/linux/workloads/process-cgroups.ts';
import { speakers } from '../../src/sources/linux/workloads/speakers.ts';
import { fakeProc } from '../sources/linux/support/fake-proc.ts';
import { removeCgroups } from '../support/cgroup.ts';
import { because } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Engine, image, noContainers, type RealContainer, startEngine } from './containers.ts';

const name = 'web_1.own';
const expectedContainer = { name, image, pod: null };

const hierarchies = '/sys/fs/cgroup';

/** The folders of a process's cgroups. */
function foldersOf(pid: number): readonly string[] {
  const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n');
  return lines
    .map((line) => {
      const [, controllers = '', path = ''] = line.split(':');
      return join(hierarchies, controllers.replace('name=', ''), path);
    })
    .filter((folder) => existsSync(join(folder, 'cgroup.procs')));
}

describe.skipIf(noContainers !== null)(`a container of Podman${because(noContainers)}`, () => {
  let engine: Engine;
  let container: RealContainer;
  let elsewhere: string;

  beforeAll(async () => {
    elsewhere = temporaryFolder('elsewhere-');
    engine = await startEngine();
    container = await engine.start(name, ['sleep', '600']);
  });
  afterAll(async () => {
    await engine?.remove();
  });

  /** Its name as this process and these files tell it. */
  async function named(proc: Parameters<typeof containerNames>[0], root: string) {
    const wanted = { id: container.id, runtime: 'podman' as const };
    const options = { deadline: 30_000, environment: {} };
    return (await containerNames(proc, root, [wanted], options)).get(wanted) ?? null;
  }

  it('has its whole ID in its cgroup', () => {
    const cgroup = readFileSync(`/proc/${container.pid}/cgroup`, 'utf8');
    expect(cgroup).toContain(`/libpod-${container.id}`);
  });

  it('is named by conmon, its image by the storage that conmon names', async () => {
    expect(await named(liveProc('/proc'), '')).toEqual(expectedContainer);
  });

  it('is named the same through the root of a process', async () => {
    expect(await named(liveProc('/proc'), `/proc/${process.pid}/root`)).toEqual(expectedContainer);
  });

  it('is named by conmon alone where the storage is not seen', async () => {
    expect(await named(liveProc('/proc'), elsewhere)).toEqual({
      ...expectedContainer,
      image: null,
    });
  });

  it('is named by its storage where conmon is not seen', async () => {
    expect(await named(fakeProc({}), engine.root)).toEqual(expectedContainer);
  });

  it('is named by its engine where nothing else is seen', async () => {
    expect(await named(fakeProc({}), elsewhere)).toBeNull();
    await engine.listen(elsewhere);
    expect(await named(fakeProc({}), elsewhere)).toEqual(expectedContainer);
  });

  it('is named by what keeps it, whatever another container calls itself', async () => {
    const other = await engine.start('other', ['sleep', '600']);
    // As a shell that was started like conmon, in the other container's cgroups.
    const folder = temporaryFolder('fake-');
    const fake = join(folder, 'conmon');
    symlinkSync('/bin/sh', fake);
    const script = join(folder, 'script');
    const joins = foldersOf(other.pid).map((at) => `echo 0 > ${at}/cgroup.procs\n`);
    writeFileSync(script, [...joins, 'read x\n'].join(''));
    const liar = spawn(fake, [script, '-c', container.id, '-n', 'liar'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    try {
      const proc = liveProc('/proc');
      while (speakers(proc)(liar.pid as number).inside === null) await sleep(20);
      // So that the other one has the lower number.
      await engine.run('restart', '--time', '0', container.id);
      expect(await named(proc, elsewhere)).toEqual({ ...expectedContainer, image: null });
    } finally {
      liar.kill('SIGKILL');
    }
  });

  it('has its new name once it was renamed', async () => {
    await engine.run('rename', container.id, 'renamed');
    const renamed = { ...expectedContainer, name: 'renamed' };
    expect(await named(liveProc('/proc'), '')).toEqual(renamed);
    await engine.run('rename', container.id, name);
  });

  it.each(['web.service', 'session-3.scope'])(
    'without a cgroup of its own is found in %s',
    async (unit) => {
      const folder = join(
        mkdtempSync(join(foldersOf(process.pid)[0] as string, 'tsnetstat-')),
        unit,
      );
      mkdirSync(folder);
      onTestFinished(() => removeCgroups(dirname(folder)));
      const { pid, id } = await engine.startWithoutCgroup('bare', ['sleep', '600'], folder);
      const cgroup = cgroupReader(liveProc('/proc'))(pid);
      await engine.run('rm', '--force', '--time', '0', id);
      expect(cgroup).toMatchObject({
        workload: { kind: 'container', runtime: 'podman', id, unit },
      });
    },
  );
});
