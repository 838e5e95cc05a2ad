import { describe, expect, it } from 'vitest';
import type { PublishedPort } from '../../../../src/model/socket/exposure.ts';
import {
  parseProxyCommand,
  publishedByProxies,
} from '../../../../src/sources/linux/exposure/docker-proxy.ts';
import { forwardersIn } from '../../../../src/sources/linux/exposure/forwarders.ts';
import { fakeProc } from '../support/fake-proc.ts';

const web: PublishedPort = {
  ...{ protocol: 'tcp', hostAddress: null, hostPort: 8080, address: '172.17.0.2', port: 80 },
  workload: null,
};

describe('docker-proxy', () => {
  const words = (text: string) => text.split(' ');
  const command =
    '/usr/bin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.17.0.2 -container-port 80 -use-listen-fd';
  it('names the port that it takes and where that leads', () => {
    const byIpv4 = { published: web, family: 'inet' };
    expect(parseProxyCommand(words(command))).toEqual(byIpv4);
    const one = command.replace('0.0.0.0', '192.0.2.1').replace('tcp', 'udp');
    expect(parseProxyCommand(words(one))).toMatchObject({
      published: { hostAddress: '192.0.2.1', protocol: 'udp' },
    });
    const dashed = command.replaceAll(' -', ' --');
    expect(parseProxyCommand(words(dashed))).toEqual(byIpv4);
    const v6 = command.replace('0.0.0.0', '::');
    expect(parseProxyCommand(words(v6))).toEqual({ ...byIpv4, family: 'inet6' });
    const any = command.replace('-host-ip 0.0.0.0 ', '');
    expect(parseProxyCommand(words(any))).toEqual({ ...byIpv4, family: null });
    const container = command.replace('172.17.0.2', 'fd00::2');
    expect(parseProxyCommand(words(container))).toMatchObject({
      published: { hostAddress: null, address: 'fd00::2' },
    });
  });
  it.each([
    command.replace('docker-proxy', 'docker'),
    command.replace('8080', '80800'),
    command.replace('172.17.0.2', 'somewhere'),
    command.replace(' tcp', ' icmp'),
    '/usr/bin/docker-proxy',
    '',
  ])('is not believed where it makes no sense: %s', (text) => {
    expect(parseProxyCommand(words(text))).toBe(null);
  });
  it('is known by the kernel’s name for it', () => {
    const cmdline = `${command.replaceAll(' ', '\0')}\0`;
    const proc = fakeProc({
      processes: { 5: { fd: {}, cmdline }, 6: { fd: {}, cmdline }, 7: { fd: {} } },
      files: { '5/comm': 'docker-proxy\n', '6/comm': 'other\n' },
    });
    const { believed } = publishedByProxies(proc, forwardersIn(proc));
    expect(believed).toEqual([{ published: web, family: 'inet' }]);
  });
});

it('docker-proxy is believed if root runs it, outside of containers', () => {
  const words = ['docker-proxy', '-proto', 'tcp', '-host-ip', '0.0.0.0', '-host-port', '8080'];
  words.push('-container-ip', '172.17.0.2', '-container-port', '80', '');
  const process = { fd: {}, cmdline: words.join('\0') };
  const comm = 'docker-proxy\n';
  /** What is published by one of this user and cgroup. */
  const publishedBy = (
    uid: number | null,
    cgroup = '/system.slice/docker.service',
    first = '/init.scope',
  ) => {
    const files = {
      ...{ '5/comm': comm, '5/cgroup': `0::${cgroup}\n`, '1/cgroup': `0::${first}\n` },
      '5/status': uid === null ? '' : `Name:\tdocker-proxy\nUid:\t${uid}\t0\t0\t0\n`,
    };
    const proc = fakeProc({ isLive: true, processes: { 5: process }, files });
    return publishedByProxies(proc, forwardersIn(proc));
  };
  const published = [{ published: web, family: 'inet' }];
  expect(publishedBy(0)).toEqual({ believed: published, doubtful: [] });
  for (const uid of [1000, null]) expect(publishedBy(uid)).toEqual({ believed: [], doubtful: [] });
  const container = `/machine.slice/libpod-${'a'.repeat(64)}.scope/container`;
  expect(publishedBy(0, container)).toEqual({ believed: [], doubtful: published });
  expect(publishedBy(1000, container)).toEqual({ believed: [], doubtful: [] });
  // Seen from a container, it may be Docker's in there, or the host's.
  const fromContainer = { believed: published, doubtful: [] };
  expect(publishedBy(0, container, container)).toEqual(fromContainer);
  expect(publishedBy(0, undefined, container)).toEqual(fromContainer);
  const another = `/docker/${'b'.repeat(64)}`;
  expect(publishedBy(0, another, container)).toEqual({ believed: [], doubtful: published });
});
