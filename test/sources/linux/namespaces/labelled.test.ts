import { linkSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { NetstatError } from '../../../../src/errors.ts';
import { namespaceNamed } from '../../../../src/sources/linux/namespaces/labelled.ts';
import { openProc } from '../../../../src/sources/linux/proc/open-proc.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** A folder that looks like another machine's /proc: a namespace is a file to which its processes have links. */
let root: string;
beforeEach(() => {
  root = temporaryFolder('tsnetstat-');
  for (const [pid, namespace] of Object.entries(homes)) {
    const file = join(root, `namespace-${namespace}`);
    writeFileSync(file, '');
    mkdirSync(join(root, `${pid}/ns`), { recursive: true });
    linkSync(file, join(root, `${pid}/ns/net`));
  }
});

/** The namespace of each process. */
const homes: Readonly<Record<number, string>> = {
  ...{ 1: 'host', 10: 'host', 20: 'roots', 30: 'users', 31: 'users', 40: 'bare' },
};

/** The workload of each process: root's container and a user's have the same name. */
const workloads: Readonly<Record<number, string>> = {
  ...{ 10: 'podman:metrics', 20: 'podman:web', 30: 'podman:infra', 31: 'podman:web' },
};

/** The namespaces of a name, as they are called in the posed /proc. */
async function named(name: string): Promise<readonly (string | undefined)[]> {
  const machine = {
    proc: openProc(root),
    labels: async (places: readonly (readonly number[])[]) =>
      places.map(([pid = 0]) => workloads[pid] ?? null),
    residents: async () => [],
    tenants: async (pids: readonly number[]) =>
      pids.map((pid) => {
        const label = workloads[pid];
        if (label === undefined) return null;
        return { label, words: new Set([label, label.slice('podman:'.length)]), isContained: true };
      }),
  };
  const { namespaces } = await namespaceNamed(machine, name, () => false);
  return namespaces.map(({ netns: { inode } }) =>
    Object.values(homes).find((one) => statSync(join(root, `namespace-${one}`)).ino === inode),
  );
}

it('a label names the namespaces that are called so, and those where such a workload lives', async () => {
  expect(await named('podman:web')).toEqual(['users', 'roots']);
});

it('every word for a workload names those where it lives', async () => {
  expect(await named('infra')).toEqual(['users']);
  expect(await named('web')).toEqual(['users', 'roots']);
  expect(await named('metrics')).toEqual(['host']);
});

it('an unknown name is answered with all names, those of containers that share a namespace too', async () => {
  const bare = statSync(join(root, 'namespace-bare')).ino;
  const error = await named('nix').catch((one: NetstatError) => one.message);
  expect(error).toMatch(/^--netns nix: there is no network namespace with that name; there are /);
  expect(String(error).replace(/.*there are \S+, /, '')).toBe(`podman:infra, podman:web, ${bare}`);
});
