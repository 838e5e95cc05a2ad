import { describe, expect, it } from 'vitest';
import {
  lastingLabel,
  type Workload,
  type WorkloadKind,
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
