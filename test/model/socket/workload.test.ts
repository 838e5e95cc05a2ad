import { describe, expect, it } from 'vitest';
import {
  lastingLabel,
  type Workload,
  type WorkloadKind,
  workloadLabel,
  workloadWords,
} from '../../../src/model/socket/workload.ts';

const nothing = { runtime: null, id: null, namespace: null, podUid: null };
function named(kind: WorkloadKind, name: string | null, namespace: string | null = null): Workload {
  return { ...nothing, kind, name, namespace, container: null, image: null, unit: null };
}

const uuid = '0d3fb4a2-5b1c-4f0e-9c7d-1234567890ab';

describe('lastingLabel', () => {
  it.each<[string, Workload, string | null]>([
    ['a unit', named('unit', 'nginx.service'), 'nginx.service'],
    ['an instance', named('unit', 'postgresql@17-main.service'), 'postgresql@17-main.service'],
    ['an instance of numbers', named('unit', 'raid@0-1.service'), 'raid@0-1.service'],
    [
      'what a connection over IPv4 started',
      named('unit', 'ssh@3-10.0.0.1:22-10.0.0.2:51234.service'),
      'ssh@*.service',
    ],
    ['over IPv6', named('unit', 'ssh@3-2001:db8::1:22-2001:db8::2:51234.service'), 'ssh@*.service'],
    ['over AF_VSOCK', named('unit', 'ssh@3-2:22-3:1023.service'), 'ssh@*.service'],
    ['over UNIX', named('unit', 'foo@1-1234-1000.service'), 'foo@*.service'],
    ['with the ID of a pidfd', named('unit', 'foo@1-1234_77-1000.service'), 'foo@*.service'],
    ['from nobody knows where', named('unit', 'foo@1-unknown.service'), 'foo@*.service'],
    ['what is run for once', named('unit', 'run-u123.service'), 'run-u*.service'],
    ['the same by PID and ID', named('unit', 'run-p12-i345.service'), 'run-p*-i*.service'],
    ['what a bus started', named('unit', 'dbus-:1.2-org.x@0.service'), 'dbus-:*.*-org.x@*.service'],
    [
      'a program of a desktop',
      named('unit', `app-org.kde.konsole@${uuid.replaceAll('-', '')}.service`),
      'app-org.kde.konsole@*.service',
    ],
    [
      'one that is started with the session',
      named('unit', 'app-nm\\x2dapplet@autostart.service'),
      'app-nm\\x2dapplet@autostart.service',
    ],
    ['a session', named('scope', 'session-3.scope'), 'session-*.scope'],
    [
      "a scope of a user's systemd",
      { ...named('scope', 'run-r1f0c2d3e.scope'), user: 1000 },
      'user@1000.service/run-r*.scope',
    ],
    [
      "a unit of a user's systemd",
      { ...named('unit', 'run-u42.service'), user: 1000 },
      'user@1000.service/run-u*.service',
    ],
    ['a scope with a UUID', named('scope', `vte-spawn-${uuid}.scope`), 'vte-spawn-*.scope'],
    ['a pod of a Deployment', named('pod', 'web-7d9f4b8c6d-x2x4z', 'shop'), 'pod:shop/web'],
    ['of a DaemonSet', named('pod', 'proxy-x2x4z', 'kube-system'), 'pod:kube-system/proxy'],
    ['of a StatefulSet', named('pod', 'db-0', 'shop'), 'pod:shop/db-0'],
    ['of a CronJob', named('pod', 'backup-28391040-x2x4z', 'shop'), 'pod:shop/backup'],
    ['a container', named('container', 'web'), 'container:web'],
    ['a container without a name', named('container', null), null],
  ])('%s', (_, workload, label) => {
    expect(lastingLabel(workload)).toBe(label);
  });
});

const id = '0123456789abcdef0123456789abcdef';

describe('workloadLabel', () => {
  it.each<[Workload, string]>([
    [named('unit', 'nginx.service'), 'nginx.service'],
    [{ ...named('unit', 'sshd.service'), user: 1000 }, 'user@1000.service/sshd.service'],
    [{ ...named('scope', 'a.scope'), user: 1000 }, 'user@1000.service/a.scope'],
    [named('service', 'Dnscache'), 'Dnscache'],
    [
      named('scope', `libpod-conmon-${'0123456789abcdef'.repeat(4)}.scope`),
      'libpod-conmon-0123456789ab.scope',
    ],
    [named('container', 'web'), 'container:web'],
    [{ ...named('container', 'web'), user: 1000 }, 'container:web'],
    [{ ...named('container', 'web'), runtime: 'docker', id }, 'docker:web'],
    [{ ...named('container', null), runtime: 'docker', id }, 'docker:0123456789ab'],
    [{ ...named('pod', 'web-0', 'shop'), podUid: uuid, id }, 'pod:shop/web-0'],
    [{ ...named('pod', null), podUid: uuid, id }, 'pod:0d3fb4a2-5b1'],
    [{ ...named('pod', null, 'shop'), id }, 'pod:shop/0123456789ab'],
    [named('pod', null), 'pod:'],
    [named('snap', 'firefox'), 'snap:firefox'],
    [named('flatpak', 'org.x'), 'flatpak:org.x'],
  ])('%# has what is known of it', (workload, label) => {
    expect(workloadLabel(workload)).toBe(label);
  });
});

describe('workloadWords', () => {
  it.each<[Workload, readonly string[]]>([
    [
      { ...named('container', 'web'), runtime: 'podman', id },
      [
        ...['podman:web', 'web', id, id.slice(0, 12), 'container:web', `container:${id}`],
        ...['container:0123456789ab', `podman:${id}`, 'podman:0123456789ab'],
      ],
    ],
    [
      { ...named('pod', 'web-0', 'shop'), podUid: uuid, container: 'app' },
      [
        ...['pod:shop/web-0', 'web-0', 'shop/web-0', uuid, 'app', 'pod:web-0'],
        ...[`pod:${uuid}`, 'pod:app'],
      ],
    ],
    [
      named('scope', 'session-3.scope'),
      ['session-3.scope', 'scope:session-3.scope', 'unit:session-3.scope'],
    ],
    [named('unit', 'a.service'), ['a.service', 'unit:a.service']],
    [
      { ...named('unit', 'a.service'), user: 1000 },
      [
        ...['user@1000.service/a.service', 'unit:user@1000.service/a.service'],
        ...['a.service', 'unit:a.service'],
      ],
    ],
  ])('%# are all that find it', (workload, words) => {
    expect(new Set(workloadWords(workload))).toEqual(new Set(words));
  });
});
