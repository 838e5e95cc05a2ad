import { describe, expect, it } from 'vitest';
import { workloadLabel } from '../../../../src/model/socket/workload.ts';
import {
  cgroupPaths,
  containerPath,
  isOnlyKeepers,
  workloadOfPath,
} from '../../../../src/sources/linux/workloads/cgroup-path.ts';

const a = 'a1b2c3d4e5f6'.padEnd(64, '0');
const b = 'b1b2c3d4e5f6'.padEnd(64, '0');
const uid = '0d3fb4a2-5b1c-4f0e-9c7d-1234567890ab';
const sliced = uid.replaceAll('-', '_');

describe('workloadOfPath', () => {
  const containers = [
    [`/docker/${a}`, 'docker', a],
    [`/system.slice/docker-${a}.scope`, 'docker', a],
    [`/docker/${a}/docker/${b}`, 'docker', b],
    [`/user.slice/user-1000.slice/user@1000.service/user.slice/docker-${a}.scope`, 'docker', a],
    [`/machine.slice/libpod-${a}.scope`, 'podman', a],
    [`/machine.slice/libpod-${a}.scope/container`, 'podman', a],
    [
      `/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${a}.scope/container`,
      'podman',
      a,
    ],
    [`/libpod_parent/libpod-${a}`, 'podman', a],
    [`/system.slice/web.service/libpod-payload-${a}`, 'podman', a],
    [`/system.slice/nerdctl-${a}.scope`, 'containerd', a],
    [`/default/cri-containerd-${a}`, 'containerd', a],
    [`/machine.slice/crio-${a}.scope`, 'crio', a],
    [`/lxc/${a}`, 'lxc', a],
    [`/default/${a}`, null, a],
    [`/ecs/0123456789/${a}`, null, a],
    [`/constructor/${a}`, null, a],
    [`/__proto__/${a}`, null, a],
    [`/../../docker/${a}`, 'docker', a],
  ] as const;
  it.each(containers)('%s is a container', (path, runtime, id) => {
    const [cleaned = ''] = cgroupPaths(`0::${path}\n`);
    expect(workloadOfPath(cleaned)).toMatchObject({ kind: 'container', runtime, id, name: null });
  });

  const named = [
    ['/lxc.payload.web', 'lxc', 'web', null],
    ['/lxc.payload.web/system.slice/nginx.service', 'lxc', 'web', 'nginx.service'],
    ['/lxc/web', 'lxc', 'web', null],
    ['/lxc.payload/web', 'lxc', 'web', null],
    ['/user.slice/session-2.scope/lxc.payload.web', 'lxc', 'web', 'session-2.scope'],
    ['/user.slice/session-2.scope/lxc.payload.web/init.scope', 'lxc', 'web', 'session-2.scope'],
    ['/user.slice/session-2.scope/lxc.payload.web/x.service', 'lxc', 'web', 'x.service'],
    ['/machine.slice/machine-web.scope', 'nspawn', 'web', 'machine-web.scope'],
    [
      '/machine.slice/machine-web\\x2dtwo.scope/payload/system.slice/nginx.service',
      'nspawn',
      'web-two',
      'nginx.service',
    ],
    ['/machine.slice/machine-caf\\xc3\\xa9.scope', 'nspawn', 'café', 'machine-caf\\xc3\\xa9.scope'],
    [
      '/machine.slice/systemd-nspawn@web.service/payload',
      'nspawn',
      'web',
      'systemd-nspawn@web.service',
    ],
    ['/system.slice/mach2.service/payload/system.slice', 'nspawn', 'mach2', 'mach2.service'],
    ['/machine.slice/mach\\x2d3.x.scope/payload', 'nspawn', 'mach-3.x', 'mach\\x2d3.x.scope'],
    ['/system.slice/web-init.scope/payload', 'nspawn', 'web-init', 'web-init.scope'],
    ['/system.slice/init.scope.service/payload', 'nspawn', 'init.scope', 'init.scope.service'],
  ] as const;
  it.each(named)('%s is a container with a name', (path, runtime, name, unit) => {
    expect(workloadOfPath(path)).toMatchObject({
      kind: 'container',
      runtime,
      name,
      unit,
      id: null,
    });
  });

  it.each([
    [`/system.slice/web.service/libpod-payload-${a}`, 'web.service'],
    [`/user.slice/user@1000.service/app.slice/web.service/libpod-payload-${a}`, 'web.service'],
    [`/system.slice/docker-${a}.scope/docker/${b}`, `docker-${a}.scope`],
    [`/docker/${a}`, null],
  ])('the container of %s is in the unit %s', (path, unit) => {
    expect(workloadOfPath(path)?.unit).toBe(unit);
  });

  const pods = [
    [`/kubepods/pod${uid}/${a}`, null, a],
    [`/kubepods/besteffort/pod${uid}/${a}`, null, a],
    [
      `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${sliced}.slice/cri-containerd-${a}.scope`,
      'containerd',
      a,
    ],
    [`/kubepods.slice/kubepods-pod${sliced}.slice/crio-${a}.scope`, 'crio', a],
    [`/kubepods.slice/kubepods-pod${sliced}.slice/crio-${a}.scope/container`, 'crio', a],
    [
      `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${sliced}.slice/docker-${a}.scope`,
      'docker',
      a,
    ],
    [
      `/system.slice/containerd.service/kubepods-burstable-pod${sliced}.slice:cri-containerd:${a}`,
      'containerd',
      a,
    ],
    [`/system.slice/crio.service/kubepods-pod${sliced}.slice:crio:${a}`, 'crio', a],
    [
      `/docker/${b}/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod${sliced}.slice/cri-containerd-${a}.scope`,
      'containerd',
      a,
    ],
    [`/docker/${b}/kubelet/kubepods/burstable/pod${uid}/${a}`, null, a],
    [`/kubepods/burstable/pod${uid}`, null, null],
  ] as const;
  it.each(pods)('%s is a pod', (path, runtime, id) => {
    expect(workloadOfPath(path)).toMatchObject({ kind: 'pod', runtime, id, podUid: uid });
  });

  it("a static pod's UID has no dashes", () => {
    const plain = uid.replaceAll('-', '');
    expect(workloadOfPath(`/kubepods/burstable/pod${plain}/${a}`)?.podUid).toBe(plain);
  });

  it('a container that a pod runs for itself is not the pod’s own', () => {
    const path = `/kubepods/burstable/pod${uid}/${a}/docker/${b}`;
    expect(workloadOfPath(path)).toMatchObject({ kind: 'container', runtime: 'docker', id: b });
  });

  const units = [
    ['/system.slice/nginx.service', 'unit', 'nginx.service'],
    ['/system.slice/system-getty.slice/getty@tty1.service', 'unit', 'getty@tty1.service'],
    ['/system.slice/nginx.service/workers/3', 'unit', 'nginx.service'],
    ['/system.slice/ssh.socket', 'unit', 'ssh.socket'],
    ['/init.scope', 'scope', 'init.scope'],
    ['/user.slice/user-1000.slice/session-3.scope', 'scope', 'session-3.scope'],
    [
      '/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-term-42.scope',
      'scope',
      'app-gnome-term-42.scope',
      1000,
    ],
    ['/user.slice/user-1000.slice/user@1000.service/init.scope', 'unit', 'user@1000.service'],
    [
      '/user.slice/user-1000.slice/user@1000.service/app.slice/syncthing.service',
      'unit',
      'syncthing.service',
      1000,
    ],
    [
      '/user.slice/user-1000.slice/user@1000.service/app.slice/user@0.service/sshd.service',
      'unit',
      'sshd.service',
      1000,
    ],
    ['/user.slice/user-0.slice/user@0.service/app.slice/web.service', 'unit', 'web.service'],
    // Not systemd's: where users own the cgroups of their sessions.
    ['/user.slice/user-1000.slice/session-3.scope/sshd.service', 'scope', 'session-3.scope'],
    ['/machine.slice/machine-qemu\\x2d1\\x2dvm.scope', 'scope', 'machine-qemu\\x2d1\\x2dvm.scope'],
    // No machine of systemd-nspawn.
    ['/user.slice/user-1000.slice/session-3.scope/payload', 'scope', 'session-3.scope'],
    ['/user.slice/user-1000.slice/user@1000.service/payload', 'unit', 'user@1000.service'],
  ] as const;
  it.each(units)('%s is a unit', (path, kind, name, user?: number) => {
    const workload = workloadOfPath(path);
    expect(workload).toMatchObject({ kind, runtime: 'systemd', name, unit: name, id: null });
    expect(workload?.user).toBe(user);
  });

  it.each([
    ['the system’s', '/machine.slice', {}],
    ['a user’s', '/user.slice/user-1000.slice/user@1000.service/user.slice', { user: 1000 }],
    ['one in a container', `/docker/${b}/machine.slice`, { within: `/docker/${b}` }],
  ])(
    'what keeps a container of Podman’s belongs to it, but is not in it: %s',
    (_, above, whose) => {
      const unit = `libpod-conmon-${a}.scope`;
      const workload = workloadOfPath(`${above}/${unit}`);
      const podman = { kind: 'container', runtime: 'podman', name: null, id: a, unit };
      expect(workload).toMatchObject({ ...podman, ...whose });
      expect(containerPath(`${above}/${unit}`)).toBe(workload?.within ?? null);
    },
  );

  const [slice, service] = ['/user.slice/user-1000.slice', 'user@1000.service'];
  it.each([
    ['the system', `/system.slice/docker-${a}.scope`, undefined],
    ['root', `/user.slice/user-0.slice/user@0.service/docker-${a}.scope`, undefined],
    ['a user', `${slice}/${service}/app.slice/docker-${a}.scope`, 1000],
    ['a user, by the service alone', `/user.slice/${service}/docker-${a}.scope`, 1000],
    ['the system, from a session', `${slice}/session-3.scope/libpod-payload-${a}`, undefined],
    [
      'the outermost user',
      `${slice}/${service}/user.slice/user-0.slice/user@0.service/docker-${a}.scope`,
      1000,
    ],
    ['the system, though it has users', `/docker/${a}${slice}/${service}/docker/${b}`, undefined],
    ['a user, in a pod', `${slice}/${service}/kubepods/pod${uid}/${a}`, 1000],
  ])('a container is in the hands of %s', (_, path, user) => {
    expect(workloadOfPath(path)?.user).toBe(user);
  });

  it.each([
    [`/docker/${a}`, undefined, `/docker/${a}`],
    [`/machine.slice/libpod-${a}.scope/container`, undefined, `/machine.slice/libpod-${a}.scope`],
    [`/docker/${a}/libpod-${b}.scope/x`, `/docker/${a}`, `/docker/${a}/libpod-${b}.scope`],
    [`/docker/${b}/kubelet/kubepods/pod${uid}/${a}`, `/docker/${b}`, undefined],
    [`/docker/${b}/kubelet/kubepods/pod${uid}`, `/docker/${b}`, `/docker/${b}`],
    [`/kubepods/pod${uid}/${a}`, undefined, undefined],
    // A container's root calls a cgroup a pod's.
    [`/kubepods/pod${uid}/${a}/pod${uid.replace('0', '1')}`, `/kubepods/pod${uid}/${a}`],
    ['/lxc.payload.web/lxc/x', '/lxc.payload.web', undefined],
    // A pod of Podman's, without systemd.
    [`/libpod_parent/${b}/libpod-${a}`, undefined, `/libpod_parent/${b}/libpod-${a}`],
    [`/docker/${b}/libpod_parent/${a}`, `/docker/${b}`, `/docker/${b}`],
    [`/docker/${b}/libpod_parent/${b}/libpod-${a}`, `/docker/${b}`],
  ])('%s is within %s', (path, within, place?: string) => {
    expect(workloadOfPath(path)?.within).toBe(within);
    if (place !== undefined) expect(containerPath(path)).toBe(place);
  });

  it.each([
    '/',
    '/system.slice/web.service',
    `/machine.slice/libpod-conmon-${a}.scope`,
    `/kubepods.slice/kubepods-pod${sliced}.slice/crio-conmon-${a}.scope`,
    `/libpod_parent/${b}/conmon`,
  ])('%s is in no container', (path) => {
    expect(containerPath(path)).toBeNull();
  });

  it.each([
    [`/machine.slice/libpod-conmon-${a}.scope`, true],
    ['/system.slice/web.service/supervisor', true],
    ['/system.slice/web.service', false],
    [`/machine.slice/libpod-${a}.scope`, false],
  ])('%s is for keepers alone: %s', (path, expected) => {
    expect(isOnlyKeepers(path)).toBe(expected);
  });

  const packaged = [
    [
      '/user.slice/app.slice/app-flatpak-org.mozilla.firefox-4242.scope',
      'flatpak:org.mozilla.firefox',
    ],
    ['/system.slice/snap.lxd.daemon.service', 'snap:lxd.daemon'],
    ['/app.slice/snap.firefox.firefox-0d3fb4a2-5b1c-4f0e-9c7d-1234567890ab.scope', 'snap:firefox'],
    [
      '/snap.lxd.hook.configure-0d3fb4a2-5b1c-4f0e-9c7d-1234567890ab.scope',
      'snap:lxd.hook.configure',
    ],
    ['/app.slice/snap.hello.hello.0d3fb4a2-5b1c-4f0e-9c7d-1234567890ab.scope', 'snap:hello'],
  ] as const;
  it.each(packaged)('%s is %s', (path, label) => {
    const workload = workloadOfPath(path);
    expect(workload && workloadLabel(workload)).toBe(label);
    expect(workload?.unit).toMatch(/\.(?:scope|service)$/);
  });

  it('a folder that a container’s root calls like that of a machine is no other container', () => {
    const path = `/machine.slice/libpod-${a}.scope/payload`;
    expect(workloadOfPath(path)).toEqual(workloadOfPath(`/machine.slice/libpod-${a}.scope`));
  });

  const nothing = [
    '/',
    '/user.slice/user-1000.slice',
    '/lxc.monitor.web',
    '/lxc.monitor/web',
    `/docker-${a.slice(1)}`,
    `/podman/${a.slice(1)}`,
    // A pod's name means something in Kubernetes' cgroups alone.
    `/elsewhere/pod${uid}`,
    '/.service',
    '/memory/process_api',
  ];
  it.each(nothing)('%s belongs to nothing', (path) => {
    expect(workloadOfPath(path)).toBe(null);
  });
});

describe('cgroupPaths', () => {
  const cases = [
    ['version 2', '0::/system.slice/nginx.service\n', ['/system.slice/nginx.service']],
    [
      'version 1: systemd first, then the controllers',
      '12:memory:/docker/x\n11:cpu,cpuacct:/docker/x\n1:name=systemd:/system.slice/y.service\n',
      ['/system.slice/y.service', '/docker/x'],
    ],
    [
      'both: version 2 before systemd',
      '3:cpuset:/\n1:name=systemd:/a.service\n0::/b.service\n',
      ['/b.service', '/a.service', '/'],
    ],
    ['a cgroup that was removed', '0::/a.service (deleted)\n', ['/a.service']],
    ['seen from within a container', '0::/../b.service\n', ['/b.service']],
    ['nothing but the way out', '0::/..\n', ['/']],
    ['a name that begins with dots', '0::/..b/c\n', ['/..b/c']],
    [
      'a name with what ends a line elsewhere',
      '0::/a\rb\u2028c.service\n1:name=systemd:/\n',
      ['/a\rb\u2028c.service', '/'],
    ],
    ['a path with a colon', '0::/a:b:c.service\n', ['/a:b:c.service']],
    ['what is no such file', 'nonsense\n\n:\n1:2\n', []],
    ['nothing', '', []],
  ] as const;
  it.each(cases)('%s', (_, text, paths) => {
    expect(cgroupPaths(text)).toEqual(paths);
  });
});
