/**
 * `holder SCENE READY`: opens the sockets of a scene, tells what it holds in the file READY, and
 * holds it until it is ended. Runs in the Windows node.exe.
 */
import dgram from 'node:dgram';
import { renameSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import { crowd, ports } from './ports.ts';

/** What must not be collected while it is looked at. */
const held: unknown[] = [];

function listen(options: net.ListenOptions, onConnection?: (socket: net.Socket) => void) {
  return new Promise<void>((resolve, reject) => {
    const server = net.createServer({ allowHalfOpen: true }, (socket) => {
      held.push(socket.on('error', () => {}));
      onConnection?.(socket);
    });
    server.on('error', reject).listen(options, resolve);
    held.push(server);
  });
}

/** @returns the connection, and its own port */
function connect(port: number, host: string): Promise<{ socket: net.Socket; local: number }> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host, allowHalfOpen: true });
    socket.on('error', reject);
    socket.on('connect', () => resolve({ socket, local: socket.localPort ?? 0 }));
    held.push(socket);
  });
}

function bind(type: dgram.SocketType, port: number, address: string) {
  return new Promise<void>((resolve, reject) => {
    const socket = dgram.createSocket({ type, ipv6Only: type === 'udp6' });
    socket.on('error', reject).bind({ port, address, exclusive: true }, resolve);
    held.push(socket);
  });
}

/** The zone of the link-local address that the machine is given: an interface's index. */
function linkLocalZone(): number {
  const addresses = Object.values(os.networkInterfaces()).flat();
  return addresses.find((own) => own?.address === 'fe80::7')?.scopeid ?? 0;
}

const scenes: Readonly<Record<string, () => Promise<object>>> = {
  async zoo() {
    const zone = linkLocalZone();
    await listen({ port: ports.listen4, host: '127.0.0.1' });
    await listen({ port: ports.listen4Any, host: '0.0.0.0' });
    await listen({ port: ports.listen6, host: '::1' });
    await listen({ port: ports.listen6Only, host: '::', ipv6Only: true });
    await listen({ port: ports.listenDual, host: '::' });
    await listen({ port: ports.listenLinkLocal, host: `fe80::7%${zone}` });

    await listen({ port: ports.pair4, host: '127.0.0.1' });
    const pair4 = await connect(ports.pair4, '127.0.0.1');
    await listen({ port: ports.pair6, host: '::1' });
    const pair6 = await connect(ports.pair6, '::1');
    await listen({ port: ports.pairMapped, host: '::' });
    const pairMapped = await connect(ports.pairMapped, '127.0.0.1');

    // The client says that it has no more to send, and the server goes on: CLOSE_WAIT, FIN_WAIT2.
    const heardEnd = new Promise<void>((resolve) => {
      listen({ port: ports.halfClosed, host: '127.0.0.1' }, (socket) => {
        socket.on('end', resolve).resume();
      });
    });
    const halfClosed = await connect(ports.halfClosed, '127.0.0.1');
    halfClosed.socket.end();
    await heardEnd;

    // The gateway answers nothing, so these keep on trying; each is given up after half a minute, and there is
    // another one by then.
    const ask = () => {
      net.connect({ port: ports.unanswered, host: '192.0.2.1' }).on('error', () => {});
    };
    ask();
    setInterval(ask, 8000);

    await bind('udp4', ports.udp4, '127.0.0.1');
    await bind('udp6', ports.udp6, '::');
    await bind('udp6', ports.udpLinkLocal, `fe80::7%${zone}`);
    return {
      zone,
      clients: {
        pair4: pair4.local,
        pair6: pair6.local,
        pairMapped: pairMapped.local,
        halfClosed: halfClosed.local,
      },
    };
  },

  async elsewhere() {
    await listen({ port: ports.elsewhere, host: '127.0.0.1' });
    return {};
  },

  async crowd() {
    // Who connects knows of it before who accepts.
    let accepted = 0;
    let end = () => {};
    const allAccepted = new Promise<void>((resolve) => {
      end = resolve;
    });
    await listen({ port: ports.crowd, host: '127.0.0.1', backlog: 512 }, () => {
      if (++accepted === crowd.connections) end();
    });
    for (let i = 0; i < crowd.connections; i += 50) {
      await Promise.all(Array.from({ length: 50 }, () => connect(ports.crowd, '127.0.0.1')));
    }
    await allAccepted;
    for (let i = 0; i < crowd.datagrams; i += 50) {
      await Promise.all(Array.from({ length: 50 }, () => bind('udp4', 0, '127.0.0.1')));
    }
    return {};
  },
};

const [scene = '', ready = ''] = process.argv.slice(2);
const facts = await scenes[scene]?.();
writeFileSync(`${ready}.part`, JSON.stringify({ pid: process.pid, ...facts }));
renameSync(`${ready}.part`, ready);
setInterval(() => {}, 2 ** 30);
