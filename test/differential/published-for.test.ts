/** For whom a port of the host is published: real containers of Podman, and its program that forwards ports to them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/model/report/snapshot.ts';
import { exposureText } from '../../src/model/socket/exposure.ts';
import type { InetSocket } from '../../src/model/socket/socket.ts';
import { run } from '../support/command.ts';
import { program } from '../support/program.ts';
import { because, reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Engine, image, noContainers, startEngine } from './containers.ts';

const rootlessport = '/usr/lib/podman/rootlessport';
const reason =
  noContainers ??
  reasonToSkip({ platforms: ['linux'], files: { [rootlessport]: 'install podman' } });

/** A free port of a loopback address. */
async function freePort(address: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Forwards a port to a network namespace, as Podman has it done for a container without root. */
async function forward(host: string, port: number, namespace: string): Promise<ChildProcess> {
  const forwarder = spawn(rootlessport, { stdio: ['pipe', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const settings = {
    Mappings: [{ host_ip: host, host_port: port, container_port: 80, range: 1, protocol: 'tcp' }],
    ...{ NetNSPath: namespace, ExitFD: 3, ReadyFD: 4, TmpDir: temporaryFolder('ports-') },
    ...{ ChildIP: '127.0.0.1', ContainerID: 'some', RootlessCNI: false },
  };
  const ready = new Promise((resolve, reject) => {
    forwarder.stdio[4]?.on('data', resolve);
    forwarder.on('exit', (code) => reject(new Error(`rootlessport ended with ${code}`)));
  });
  forwarder.stdin?.end(JSON.stringify(settings));
  await ready;
  return forwarder;
}

describe.skipIf(reason !== null)(
  `ports that are published for containers${because(reason)}`,
  () => {
    let engine: Engine;
    const forwarders: ChildProcess[] = [];
    /** Of the container, the pod, and the pod at every address. */
    const ports = { web: 0, pod: 0, everywhere: 0 };

    beforeAll(async () => {
      engine = await startEngine();
      const start = async (name: string, ...where: readonly string[]) => {
        const command = [image, '/bin/busybox', 'httpd', '-f', '-p', '80'];
        await engine.run('run', '-d', '--name', name, ...where, ...command);
      };
      const namespaceOf = async (name: string) =>
        `/proc/${await engine.run('inspect', '--format', '{{.State.Pid}}', name)}/ns/net`;
      await start('web', '--network', 'none', '--cgroup-parent', engine.parent);
      const infra = ['--infra-image', image, '--infra-command', '/bin/busybox sleep 600'];
      const place = ['--network', 'none', '--cgroup-parent', engine.parent];
      await engine.run('pod', 'create', '--name', 'shop', ...infra, ...place);
      await start('front', '--pod', 'shop');
      for (const [name, host, container] of [
        ['web', '127.0.0.1', 'web'],
        ['pod', '127.0.0.1', 'front'],
        ['everywhere', '0.0.0.0', 'front'],
      ] as const) {
        ports[name] = await freePort(host);
        forwarders.push(await forward(host, ports[name], await namespaceOf(container)));
      }
    });
    afterAll(async () => {
      for (const forwarder of forwarders) forwarder.kill();
      await engine?.run('pod', 'rm', '--all', '--force', '--time', '0');
      await engine?.remove();
    });

    /** The ports that are published for a workload, with how far they can be reached. */
    async function publishedFor(workload: string) {
      const { stdout } = await run([...program, '-tlnp', '--json', `publishedfor = ${workload}`]);
      const { sockets } = JSON.parse(stdout.toString()) as Snapshot;
      const found = (sockets as InetSocket[]).map(({ local, exposure, owners }) => [
        local.port,
        exposure && exposureText(exposure),
        owners?.[0]?.program,
      ]);
      return Object.fromEntries(found.map(([port, ...rest]) => [port, rest]));
    }

    it('by rootlessport, which is where it runs', async () => {
      const web = { [ports.web]: ['loopback', 'rootlessport'] };
      expect(await publishedFor('podman:web')).toEqual(web);
      expect(await publishedFor('container:web')).toEqual(web);
      expect(await publishedFor('podman:nobody')).toEqual({});
    });

    it('for those of a pod, not for the one that keeps it', async () => {
      expect(await publishedFor('front')).toEqual({
        [ports.pod]: ['loopback', 'rootlessport'],
        [ports.everywhere]: ['published for podman:front', 'rootlessport'],
      });
    });

    it('for nobody else, without a doubt', async () => {
      const { code, stderr } = await run([
        ...program,
        '-q',
        '-tln',
        'publishedfor = podman:nobody',
      ]);
      expect([code, stderr]).toEqual([1, '']);
    });
  },
);
