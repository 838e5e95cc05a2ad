/** How far servers can be reached: real sockets in two network namespaces, Docker's command line, nftables' rules. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/model/report/snapshot.ts';
import { exposureText } from '../../src/model/socket/exposure.ts';
import type { InetSocket } from '../../src/model/socket/socket.ts';
import { removeCgroups, unifiedCgroups } from '../support/cgroup.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { skipReason as noZoo, startZoo, type Visit, type Zoo } from './zoo.ts';

const skipReason = noZoo ?? reasonToSkip({ platforms: ['linux'], programs: ['nft', 'gcc'] });

describe.skipIf(skipReason)(`the exposure of servers ${skipReason ?? ''}`, () => {
  let zoo: Zoo;
  let top = '';
  beforeAll(async () => {
    zoo = await startZoo('empty');
    await zoo.fill('exposure.sh', 'ready', unifiedCgroups());
    top = readFileSync(join(zoo.folder, 'top'), 'utf8').trim();
  });
  afterAll(async () => {
    await zoo?.stop();
    if (top !== '') await removeCgroups(top);
  });

  /** `own 22`, and how far that can be reached. */
  async function exposures(args: readonly string[], visit: Visit = {}) {
    const asked = ['-tln', '--json', ...args, 'exposure = *'];
    const { stdout, stderr } = await zoo.tsnetstat(asked, visit);
    const { sockets } = JSON.parse(stdout.toString()) as Snapshot;
    const entries = (sockets as InetSocket[]).map(({ netns, local, exposure }) => [
      `${netns === undefined || netns.own ? 'own' : netns.name} ${local.port}`,
      exposure ? exposureText(exposure) : null,
    ]);
    return { ofPorts: Object.fromEntries(entries), stderr };
  }
  const nobody: Visit = { uid: 65534 };

  it('of the own network', async () => {
    const { ofPorts, stderr } = await exposures([]);
    expect(ofPorts).toEqual({
      'own 22': 'host',
      'own 5432': 'loopback',
      'own 8080': 'published: 8080 → docker:3f8a2c91d04e:80',
      'own 9090': 'published: 9090 → docker:3f8a2c91d04e:81',
      // What is sent to an address of another interface goes to the container, and would not come here.
      'own 9385': 'published: 10.99.0.1:9385 → docker:3f8a2c91d04e:86',
      'own 9386': 'host',
      'own 9387': 'loopback',
      // Several share the namespace: which one has the port is not known here.
      'own 9484': 'published: 9484 → 10.94.0.2:84',
    });
    expect(stderr).toBe('');
  });

  it('the ports for a container are those of its proxies and rules', async () => {
    const portsFor = async (workload: string, args: readonly string[] = []) => {
      const asked = ['-tln', '--columns', 'netns,sport', '--format', 'csv', ...args];
      const { stdout } = await zoo.tsnetstat([...asked, `publishedfor = ${workload}`]);
      return stdout.toString().trimEnd().split('\r\n').slice(1).toSorted();
    };
    const own = ['(own),8080', '(own),9090', '(own),9385'];
    for (const word of ['docker:3f8a2c91d04e', '3f8a2c91d04e', 'container:3f8a*']) {
      expect(await portsFor(word), word).toEqual(own);
    }
    expect(await portsFor('docker:other')).toEqual([]);
    const everywhere = await portsFor('docker:3f8a2c91d04e', ['--all-netns']);
    expect(everywhere).toEqual(expect.arrayContaining([...own, 'web,80', 'web,81', 'web,83']));
  });

  it('of every namespace: a wildcard address alone opens nothing', async () => {
    const { ofPorts, stderr } = await exposures(['--all-netns']);
    expect(ofPorts).toMatchObject({
      'own 22': 'host',
      'web 80': 'published: 8080 → docker:3f8a2c91d04e:80',
      'web 81': 'published: 9090 → docker:3f8a2c91d04e:81',
      'web 7': 'internal',
      'web 82': 'loopback',
      'web 83': 'published: 9383 → docker:3f8a2c91d04e:83',
      'web 84': 'internal',
      'web 85': 'loopback',
      'db 80': 'published: 127.0.0.1:7070 → 10.98.0.2:80',
    });
    expect(stderr).toMatch(
      /warning: it is unknown whether .* 2 servers in other .* not for a port of one of the host's/,
    );
  });

  it('a port leads to the workload that has it, not to another one in the same namespace', async () => {
    const { ofPorts } = await exposures(['--all-netns', '--workloads']);
    expect(ofPorts).toMatchObject({
      'units 80': 'published: 9480 → web.service:80',
      'units 84': 'published: 9484 → dns.service:84',
      'units 53': 'published: 9453 → 10.94.0.2:53',
    });
  });

  it('rules for the machine’s own packets, and of a dormant table, open nothing to others', async () => {
    const { ofPorts } = await exposures(['--all-netns']);
    expect(ofPorts).toMatchObject({
      'web 91': 'published: 127.0.0.1:9491 → docker:3f8a2c91d04e:91',
      'web 92': 'published: 127.0.0.1:9492 → docker:3f8a2c91d04e:92',
      'web 93': 'internal',
      'web 94': 'internal',
    });
    // As connections from another namespace, and from the machine itself, show.
    const connect =
      'import socket,sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)';
    const reaches = async (from: readonly string[], host: string, port: number) =>
      (await zoo.run([...from, '/usr/bin/python3', '-c', connect, host, String(port)])).code === 0;
    const db = ['ip', 'netns', 'exec', 'db'];
    expect(await reaches([], '10.99.0.1', 9491)).toBe(true);
    expect(await reaches([], '10.99.0.1', 9494)).toBe(true);
    for (const port of [9491, 9492, 9493, 9494]) {
      expect(await reaches(db, '10.98.0.1', port), String(port)).toBe(false);
    }
  });

  it('an address that is not the host’s, such as of a service of Kubernetes, is no port of the host', async () => {
    const { ofPorts } = await exposures(['--all-netns']);
    expect(ofPorts).toMatchObject({ 'db 81': 'unknown' });
  });

  it('as an unprivileged user, who may not read the rules, nothing is guessed', async () => {
    const { ofPorts, stderr } = await exposures(['--all-netns'], nobody);
    // Docker's command line is everybody's.
    expect(ofPorts).toMatchObject({
      'own 8080': 'published: 8080 → docker:3f8a2c91d04e:80',
      'docker:3f8a2c91d04e 80': 'published: 8080 → docker:3f8a2c91d04e:80',
      'docker:3f8a2c91d04e 7': 'unknown',
      'docker:3f8a2c91d04e 81': 'unknown',
    });
    expect(stderr).toMatch(
      /15 servers in other network namespaces: .*the firewall's rules .* \(12\)/,
    );
    expect(stderr).toMatch(
      /2 processes that may forward .* \(docker-proxy\) could not be inspected/,
    );
  });

  it('--exposed leaves out what no port of the host leads to', async () => {
    const ports = async (args: readonly string[]) => {
      const { stdout } = await zoo.tsnetstat(['-tn', '--exposed', '--json', ...args]);
      const { sockets } = JSON.parse(stdout.toString()) as Snapshot;
      return (sockets as InetSocket[]).map(({ local }) => local.port).sort((a, b) => a - b);
    };
    expect(await ports([])).toEqual([22, 8080, 9090, 9385, 9386, 9484]);
    expect(await ports(['--all-netns'])).toEqual([
      ...[22, 53, 80, 80, 81, 83, 84, 8080, 9090, 9385, 9386, 9484],
    ]);
    expect(await ports(['--netns', 'web'])).toEqual([80, 81, 83]);
    // Only the machine itself reaches it by loopback, and what the rest is is not known.
    expect(await ports(['--netns', 'db'])).toEqual([]);
  });

  it('--exposure shows it last, in netstat’s table and in JSON', async () => {
    const { stdout } = await zoo.tsnetstat([
      '--all-netns',
      '-tln',
      '--exposure',
      '--port',
      '8080,80',
    ]);
    const [, names = '', ...rows] = stdout.toString().trimEnd().split('\n');
    const at = names.indexOf(' Exposure');
    expect(names.slice(at)).toBe(' Exposure');
    // The host's row and the container's.
    const shown = rows.map((row) => row.slice(at));
    expect(
      shown.filter((text) => text === ' published: 8080 → docker:3f8a2c91d04e:80').length,
    ).toBe(2);
    const json = await zoo.tsnetstat(['-tln', '--exposure', '--json', '--port', '22']);
    const [socket] = (JSON.parse(json.stdout.toString()) as Snapshot).sockets;
    expect(socket?.exposure).toEqual({ kind: 'host', published: [], reason: null });
  });

  it('is a column, a field of expressions, and in CSV', async () => {
    const args = [
      '-tln',
      '--no-header',
      '--columns',
      'lport,exposure',
      'exposure',
      '=',
      'published',
    ];
    const { stdout } = await zoo.tsnetstat([...args, '--format', 'csv', '--sort', 'lport']);
    expect(stdout.toString()).toBe(
      '8080,published: 8080 → docker:3f8a2c91d04e:80\r\n9090,published: 9090 → docker:3f8a2c91d04e:81\r\n9385,published: 10.99.0.1:9385 → docker:3f8a2c91d04e:86\r\n9484,published: 9484 → 10.94.0.2:84\r\n',
    );
  });
});
