import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import type { InetSocket } from '../../src/model/socket.ts';
import type { Backend } from '../../src/sources/source.ts';
import { type BackendPromise, collect, everything, silentNotes } from './promises.ts';

interface LivePromise extends BackendPromise {
  /** It cannot be tested where no loopback interface is up. */
  readonly needsLoopback?: true;
}

/** What a backend promises of the machine it runs on: that it finds what this process opens itself. */
export const livePromises: readonly LivePromise[] = [
  {
    name: 'finds this process’s own TCP listener, with its PID',
    isKept: async (backend) => {
      const server = createServer().listen(0, '127.0.0.1');
      try {
        await once(server, 'listening');
        const { port } = server.address() as AddressInfo;
        const [own, ...more] = await ownedBy(
          backend,
          (socket) =>
            socket.protocol === 'tcp' && socket.local.port === port && socket.state === 'LISTEN',
        );
        assert.deepEqual(more, []);
        assert.deepEqual(own?.local, { address: '127.0.0.1', port, zone: null });
        assert.deepEqual(own?.remote, { address: '0.0.0.0', port: 0, zone: null });
        assert.deepEqual(
          own?.owners?.map(({ pid }) => pid),
          [process.pid],
        );
      } finally {
        server.close();
      }
    },
  },
  {
    name: 'finds both ends of a connection',
    needsLoopback: true,
    isKept: async (backend) => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const client = connect(port, '127.0.0.1');
      const [[accepted]] = await Promise.all([once(server, 'connection'), once(client, 'connect')]);
      try {
        const clientPort = client.localPort ?? 0;
        const ends = await ownedBy(
          backend,
          ({ state, local, remote }) =>
            state === 'ESTABLISHED' &&
            [local.port, remote.port].includes(clientPort) &&
            [local.port, remote.port].includes(port),
        );
        assert.deepEqual(
          ends.map(({ local }) => local.port).toSorted(),
          [port, clientPort].toSorted(),
        );
        for (const { owners } of ends) {
          assert.deepEqual(
            owners?.map(({ pid }) => pid),
            [process.pid],
          );
        }
      } finally {
        client.destroy();
        accepted.destroy();
        server.close();
      }
    },
  },
  {
    name: 'finds this process’s own UDP socket',
    isKept: async (backend) => {
      const socket = createSocket('udp4').bind(0, '127.0.0.1');
      try {
        await once(socket, 'listening');
        const { port } = socket.address();
        const [own] = await ownedBy(
          backend,
          ({ protocol, local }) => protocol === 'udp' && local.port === port,
        );
        assert.deepEqual(own?.remote, { address: '0.0.0.0', port: 0, zone: null });
        assert.deepEqual(
          own?.owners?.map(({ pid }) => pid),
          [process.pid],
        );
      } finally {
        socket.close();
      }
    },
  },
];

async function ownedBy(backend: Backend, wanted: (socket: InetSocket) => boolean) {
  const query = { ...everything(backend), protocols: ['tcp', 'udp'], families: ['inet'] } as const;
  const sockets = await collect(backend.sockets(query, silentNotes()));
  const chosen = sockets.filter((socket) => socket.protocol !== 'unix' && wanted(socket));
  const held = await backend.withOwners(chosen, { depth: 'all', details: false }, silentNotes());
  return held as readonly InetSocket[];
}
