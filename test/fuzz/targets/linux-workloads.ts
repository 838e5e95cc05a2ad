import { expect } from 'vitest';
import { parseConmon } from '../../../src/sources/linux/workloads/conmon.ts';
import { parseContainerList } from '../../../src/sources/linux/workloads/container-engine.ts';
import {
  parseBundle,
  parseDockerConfig,
  parseLogName,
  parseStorage,
} from '../../../src/sources/linux/workloads/container-files.ts';
import type { ContainerName } from '../../../src/sources/linux/workloads/container-name.ts';
import { parseUidMap } from '../../../src/sources/linux/workloads/machine-users.ts';
import { parseUnitFile } from '../../../src/sources/linux/workloads/unit-file.ts';
import { textTarget } from '../target.ts';

/** Breaches of the model. */
function nameProblems({ name, image, pod }: ContainerName): readonly string[] {
  const problems: string[] = [];
  const texts = { image, ...pod, ...(pod && { podName: pod.name }), name };
  for (const [key, text] of Object.entries(texts)) {
    if (text === null) continue;
    const longest = key === 'image' ? 1024 : 255;
    if (typeof text !== 'string' || text === '' || text.length > longest) {
      problems.push(`${key}: ${JSON.stringify(text)}`);
    }
  }
  return problems;
}

const id = '0123456789abcdef'.repeat(4);
const labels = {
  'io.kubernetes.pod.name': 'web-0',
  'io.kubernetes.pod.namespace': 'shop',
  'io.kubernetes.pod.uid': '0c5a',
  'io.kubernetes.container.name': 'nginx',
};

function jsonTarget(
  name: string,
  covers: readonly string[],
  seeds: readonly unknown[],
  read: (text: string) => readonly ContainerName[],
) {
  return textTarget({
    name,
    covers,
    // A member per line, so that the fuzzer can remove members.
    seeds: seeds.map((seed) => `${JSON.stringify(seed, null, 1)}\n`),
    alphabet: 'text',
    read,
    check: (_, names) => {
      expect(names.flatMap(nameProblems)).toEqual([]);
    },
  });
}

const one = (name: ContainerName | null | undefined) => (name ? [name] : []);

const unit = `[Unit]
Description=A socket
# comment
[Socket]
ListenStream=22
ListenStream=[::1]:631
ListenDatagram=\\
 /run/x
ListenStream=
[Install]
WantedBy=sockets.target
`;

export const linuxWorkloadTargets = [
  jsonTarget(
    'docker-config',
    ['parseDockerConfig'],
    [
      {
        Name: '/web',
        Config: { Image: 'nginx', Labels: labels },
        NetworkSettings: {
          Networks: { bridge: { IPAddress: '172.17.0.2', GlobalIPv6Address: '2001:db8::2' } },
          Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }] },
        },
      },
      { Name: '/k8s_nginx_web-0_shop_0c5a_0' },
    ],
    (text) => one(parseDockerConfig(text)),
  ),
  jsonTarget(
    'containers-storage',
    ['parseStorage'],
    [[{ id, names: ['web'], metadata: '{"image-name":"docker.io/library/nginx:latest"}' }]],
    (text) => [...parseStorage(text).values()],
  ),
  jsonTarget(
    'oci-bundle',
    ['parseBundle'],
    [
      { annotations: { ...labels, 'io.kubernetes.cri-o.ImageName': 'nginx' } },
      {
        annotations: {
          'io.kubernetes.cri.sandbox-name': 'web-0',
          'io.kubernetes.cri.sandbox-namespace': 'shop',
          'io.kubernetes.cri.container-name': 'nginx',
          'io.kubernetes.cri.image-name': 'nginx',
        },
      },
      { annotations: { 'nerdctl/name': 'web' } },
    ],
    (text) => one(parseBundle(text)),
  ),
  jsonTarget(
    'engine-answer',
    ['parseContainerList'],
    [
      [
        {
          ...{ Id: id, Names: ['/web'], Image: 'nginx', Labels: labels },
          Ports: [{ IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' }],
          NetworkSettings: { Networks: { bridge: { IPAddress: '172.17.0.2' } } },
        },
      ],
    ],
    (text) => [...parseContainerList(text).values()],
  ),
  textTarget({
    name: 'container-log',
    covers: ['parseLogName'],
    seeds: [`web-0_shop_nginx-${id}.log`],
    alphabet: 'text',
    read: parseLogName,
    check: (text, parsed) => {
      if (parsed === null) return;
      const [found, name] = parsed;
      expect(text.endsWith(`-${found}.log`)).toBe(true);
      expect(nameProblems(name)).toEqual([]);
      expect(name.pod).not.toBeNull();
    },
  }),
  textTarget({
    name: 'conmon-cmdline',
    covers: ['parseConmon'],
    seeds: [
      `/usr/bin/conmon\0--api-version\x001\0-c\0${id}\0-b\0/s/userdata\0-n\0web\0-s\0`,
      `conmon\0--cid=${id}\0--name\0caf\xc3\xa9\0--exit-command-arg\0-n\0`,
    ],
    alphabet: 'bytes',
    read: (text) => parseConmon(Buffer.from(text, 'latin1')),
    check: (text, parsed) => {
      if (parsed === null) return;
      expect(text.split('\0')[0]).toMatch(/(^|\/)conmon$/);
      expect(parsed.id).not.toBe('');
      expect(parsed.name).not.toBe('');
      expect(parsed.bundle).not.toBe('');
    },
  }),
  textTarget({
    name: 'uid-map',
    covers: ['parseUidMap'],
    seeds: ['         0       4242          1\n         1     100000      65536\n'],
    alphabet: 'text',
    read: parseUidMap,
    check: (_, outside) => {
      for (const uid of [0, 1, 65_536, 4_294_967_295]) {
        const found = outside(uid);
        if (found !== null) expect(found).toBeGreaterThanOrEqual(0);
      }
    },
  }),
  textTarget({
    name: 'unit-file',
    covers: ['parseUnitFile'],
    seeds: [unit],
    alphabet: 'text',
    read: (text) => parseUnitFile(text, 'Socket'),
    check: (text, settings) => {
      if (settings.length > 0) expect(text).toContain('[Socket]');
      for (const { key, value } of settings) {
        expect(key).not.toBe('');
        expect(`${key}${value}`).not.toContain('\n');
        expect(key).not.toContain('=');
        expect([key.trim(), value.trim()]).toEqual([key, value]);
      }
    },
  }),
] as const;
