/** Names of containers that Podman really runs, beside what Podman says. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveProc } from '../../src/sources/linux/proc/live-proc.ts';
import { containerNames } from '../../src/sources/linux/workloads/container-names.ts';
import { fakeProc } from '../sources/linux/support/fake-proc.ts';
import { because } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Engine, image, noContainers, type RealContainer, startEngine } from './containers.ts';

const name = 'web_1.own';
const expectedContainer = { name, image, pod: null };

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
});
