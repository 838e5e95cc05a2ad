import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cgroupFinder } from '../../../../src/sources/linux/workloads/cgroup-folders.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tsnetstat-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const units = ['ssh', 'docker', 'containerd', 'my-docker'].map(
  (name) => `/system.slice/${name}.service`,
);

/** The paths that are found by the numbers of these units' folders. */
function foundBeside(...others: string[]): readonly (string | null)[] {
  const mountInfo = join(root, 'mountinfo');
  const lines = [...others, `40 22 0:37 / ${root}/tree rw - cgroup2 cgroup2 rw`];
  writeFileSync(mountInfo, lines.join('\n'));
  for (const unit of units) mkdirSync(`${root}/tree${unit}`, { recursive: true });
  const find = cgroupFinder(mountInfo);
  return units.map((unit) => find(statSync(`${root}/tree${unit}`).ino));
}

describe.runIf(process.platform === 'linux')('cgroupFinder', () => {
  it('finds cgroups of version 2 by their numbers', () => {
    expect(foundBeside()).toEqual(units);
  });

  it('beside version 1 does not take a runtime’s unit for what made a socket', () => {
    const [ssh, , , mine] = units;
    const beside = foundBeside(
      '39 30 0:36 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd',
    );
    expect(beside).toEqual([ssh, null, null, mine]);
  });

  it('finds nothing where version 2 is not mounted', () => {
    expect(cgroupFinder(join(root, 'nothing'))(statSync(root).ino)).toBe(null);
  });
});
