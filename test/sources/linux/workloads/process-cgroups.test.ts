import { describe, expect, it } from 'vitest';
import { workloadLabel } from '../../../../src/model/socket/workload.ts';
import { cgroupReader } from '../../../../src/sources/linux/workloads/process-cgroups.ts';
import { fakeProc } from '../support/fake-proc.ts';

const id = 'a1b2c3d4e5f6'.padEnd(64, '0');

/** What a process of this /proc/PID/cgroup belongs to. */
function labelOf(...lines: string[]): string | null {
  const proc = fakeProc({ processes: { 7: { fd: {} } }, files: { '7/cgroup': lines.join('\n') } });
  const cgroup = cgroupReader(proc)(7);
  if (typeof cgroup === 'string') return cgroup;
  return cgroup.workload && workloadLabel(cgroup.workload);
}

describe('cgroupReader', () => {
  const cases: readonly (readonly [string, readonly string[], string | null])[] = [
    [
      'a container of Docker in a hybrid layout, which version 2 has in the unit of its runtime',
      [
        `4:memory:/docker/${id}`,
        `1:name=systemd:/docker/${id}`,
        '0::/system.slice/containerd.service',
      ],
      'docker:a1b2c3d4e5f6',
    ],
    [
      'a container that only a controller of version 1 shows',
      [`4:memory:/docker/${id}`, '1:name=systemd:/system.slice/docker.service', '0::/'],
      'docker:a1b2c3d4e5f6',
    ],
    [
      'a unit of version 2',
      ['4:memory:/system.slice/ssh.service', '0::/system.slice/ssh.service'],
      'ssh.service',
    ],
    [
      'a unit that only version 1 shows',
      ['1:name=systemd:/system.slice/a.service', '0::/'],
      'a.service',
    ],
    ['nothing that has a name', ['4:memory:/', '0::/'], null],
    ['nothing at all', [''], 'gone'],
  ];
  it.each(cases)('%s', (_, lines, expected) => {
    expect(labelOf(...lines)).toBe(expected);
  });
});
