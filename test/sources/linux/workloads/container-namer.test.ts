import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Workload } from '../../../../src/model/socket/workload.ts';
import { containerNamer } from '../../../../src/sources/linux/workloads/container-namer.ts';
import { fakeProc } from '../support/fake-proc.ts';
import { machineRoot } from './machine.ts';

const idOf = (at: number) => at.toString(16).padStart(64, '0');
const fileOf = (id: string) => `/var/lib/docker/containers/${id}/config.v2.json`;
const container = (id: string, more: Partial<Workload> = {}): Workload => ({
  ...{ kind: 'container', runtime: 'docker', id, name: null, image: null, namespace: null },
  ...{ unit: null, podUid: null, container: null },
  ...more,
});

/** A namer on a machine with these containers, on which time passes as it is told. */
function namerOf(ids: readonly string[]) {
  const root = machineRoot(
    Object.fromEntries(ids.map((id, at) => [fileOf(id), { Name: `/web${at}`, Config: {} }])),
  );
  const namer = containerNamer(fakeProc({ isLive: true }), root);
  return { root, namer, nameOf: (id: string) => namer.named(container(id)).name };
}

describe('names of containers from round to round', () => {
  it('are remembered while they are wanted, though the engine forgets them', async () => {
    const [id] = [idOf(1)];
    const { root, namer, nameOf } = namerOf([id]);
    for (let round = 0; round < 3; round++) {
      namer.beginRound();
      await namer.learn([container(id)]);
      expect(nameOf(id)).toBe('web0');
      rmSync(join(root, fileOf(id)), { force: true });
    }
  });

  it('take no more time to find out where the clock of the machine is set', async () => {
    const machineClock = vi.spyOn(Date, 'now');
    const { namer } = namerOf([idOf(1)]);
    namer.beginRound();
    await namer.learn([container(idOf(1))]);
    expect(machineClock).not.toHaveBeenCalled();
    machineClock.mockRestore();
  });

  it('are not those of an equal ID of a user, of another runtime, or in a container', async () => {
    const id = idOf(1);
    const others = [
      container(id, { user: 1000 }),
      container(id, { runtime: 'podman' }),
      container(id, { within: `/docker/${idOf(2)}` }),
    ];
    for (const all of [
      [container(id), ...others],
      [...others, container(id)],
    ]) {
      const { namer } = namerOf([id]);
      namer.beginRound();
      await namer.learn(all);
      expect(namer.named(container(id)).name).toBe('web0');
      expect(others.map((one) => namer.named(one).name)).toEqual([null, null, null]);
    }
  });

  it('are forgotten once a round did not want them', async () => {
    const [gone, other] = [idOf(1), idOf(2)];
    const { namer, nameOf } = namerOf([gone, other]);
    namer.beginRound();
    await namer.learn([container(gone)]);
    expect(nameOf(gone)).toBe('web0');
    namer.beginRound();
    await namer.learn([container(other)]);
    namer.beginRound();
    expect([nameOf(gone), nameOf(other)]).toEqual([null, 'web1']);
  });
});
