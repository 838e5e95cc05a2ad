import { expect, it } from 'vitest';
import type { Exposure } from '../../../src/model/socket/exposure.ts';
import { isRedirected, standsForOther } from '../../../src/model/socket/forwarder.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import { container, inet, owner } from '../../support/builders.ts';

const published: Exposure = {
  kind: 'published',
  published: [
    {
      ...({ protocol: 'tcp', hostAddress: null, hostPort: 8080 } as const),
      ...{ address: '172.17.0.2', port: 80, workload: null },
    },
  ],
  reason: null,
};
const unnamed: Exposure = { ...published, published: [] };
const loopback: Exposure = { kind: 'loopback', published: [], reason: null };
const ofProxy: Exposure = { ...loopback, workloads: [container('web')] };

const server = (exposure: Exposure, programs: readonly string[], more: Partial<InetSocket> = {}) =>
  inet('0.0.0.0:8080', '0.0.0.0:0', {
    ...{ exposure, owners: programs.map((name, at) => owner(7 + at, name)) },
    ...more,
  });
const inside = { netns: { inode: 5, name: 'web', own: false } };
const onLoopback = { local: { address: '127.0.0.1', port: 8080, zone: null } };

// Whether the server has its port for itself while that is redirected, or stands in for another.
it.each<[string, InetSocket, boolean, boolean]>([
  ['a server at a published port', server(published, ['nginx']), true, false],
  ["Docker's proxy", server(published, ['docker-proxy']), false, true],
  ['pasta', server(published, ['pasta.avx2']), false, true],
  ['what keeps a port for a container', server(published, ['conmon']), false, true],
  ['a proxy that shares its port', server(published, ['nginx', 'docker-proxy']), false, true],
  ['a server of which nothing is known', server(published, []), false, true],
  ['a proxy that leads to nobody known', server(unnamed, ['docker-proxy']), false, false],
  ['a server in a container', server(published, ['nginx'], inside), false, false],
  ['a server on loopback', server(published, ['nginx'], onLoopback), false, false],
  ['a proxy on loopback', server(ofProxy, ['docker-proxy'], onLoopback), false, true],
  ['a proxy on loopback of another network', server(ofProxy, ['pasta'], inside), false, false],
  ['what is on loopback for nobody', server(loopback, ['docker-proxy'], onLoopback), false, false],
])('%s', (_, socket, isForItself, isForOther) => {
  expect([isRedirected(socket), standsForOther(socket)]).toEqual([isForItself, isForOther]);
});
