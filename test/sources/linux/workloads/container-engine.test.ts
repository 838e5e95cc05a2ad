import { renameSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  containersOfEngines,
  engineSockets,
  parseContainerList,
} from '../../../../src/sources/linux/workloads/container-engine.ts';
import { reasonToSkip } from '../../../support/requirements.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { type Answering, answering, answeringInChunks, fakeEngine } from './fake-engine.ts';
import { machineRoot } from './machine.ts';

const id = '0123456789abcdef'.repeat(4);
const nothing = { name: null, image: null, pod: null };
const list = [{ Id: id, Names: ['/web'], Image: 'nginx' }];

/** A test that waits for this one has failed: its own time is up before. */
const never = 600_000;

describe('the answer to GET /containers/json', () => {
  it('of Docker has names and images', () => {
    const answer = [
      {
        Id: id,
        Names: ['/other/alias', '/web'],
        Image: 'nginx:1.27',
        Labels: { 'com.docker.compose.service': 'web' },
      },
    ];
    expect([...parseContainerList(JSON.stringify(answer))]).toEqual([
      [
        id,
        {
          name: 'web',
          image: 'nginx:1.27',
          pod: null,
        },
      ],
    ]);
  });

  it('has pods by labels', () => {
    const Labels = { 'io.kubernetes.pod.name': 'web-0', 'io.kubernetes.container.name': 'nginx' };
    const [parsedOne] = parseContainerList(JSON.stringify([{ Id: id, Names: ['/k8s_x'], Labels }]));
    const pod = { name: 'web-0', namespace: null, uid: null, container: 'nginx' };
    expect(parsedOne).toEqual([id, { ...nothing, name: 'nginx', pod }]);
  });

  it.each(['', '{', 'null', '{}', '7', '"x"', '[null,7,"x",[],{}]', '[{"Id":7}]', '[{"Id":""}]'])(
    'yields nothing if it is %s',
    (text) => {
      expect(parseContainerList(text).size).toBe(0);
    },
  );

  it('yields no name if names are of another form', () => {
    for (const Names of [undefined, null, 'web', {}, [], [7], ['/'], ['/a/b'], ['x'.repeat(300)]]) {
      expect([...parseContainerList(JSON.stringify([{ Id: id, Names }]))]).toEqual([[id, nothing]]);
    }
  });
});

const reason = reasonToSkip({ platforms: ['linux', 'darwin'] });

describe.skipIf(reason !== null)(`an engine that is asked: ${reason ?? 'UNIX sockets'}`, () => {
  const engine = (answer: Answering) => fakeEngine(machineRoot(), '/run/engine.sock', answer);

  it.each([
    ['at once', answering(list)],
    ['in chunks', answeringInChunks(list)],
    [
      'until it hangs up',
      (connection: Socket) => connection.end(`HTTP/1.0 200 OK\r\n\r\n${JSON.stringify(list)}`),
    ],
  ])('is believed where it answers %s', async (_, answer) => {
    const { socket, requests, allClosed } = await engine(answer);
    const found = await containersOfEngines([socket], never);
    expect([...found]).toEqual([[id, { ...nothing, name: 'web', image: 'nginx' }]]);
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatch(/^GET \/containers\/json\?all=0 HTTP\/1.1\r\n/);
    await allClosed();
  });

  const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';

  it.each<[string, Answering]>([
    ['answers with garbage', (one) => one.end('\0\xff garbage\r\n\r\n')],
    ['answers with no JSON', answering('<html>')],
    ['answers with other JSON', answering({ message: 'no' })],
    ['answers with very deep JSON', answering('['.repeat(1_000_000))],
    ['says that it failed', answering(list, '500 Internal Server Error')],
    ['says another success', answering(list, '203 Non-Authoritative Information')],
    ['leads elsewhere', answering(list, '301 Moved', 'Location: http://127.0.0.1:1/\r\n')],
    [
      'changes the protocol',
      (one) => one.write('HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
    ],
    ['hangs up at once', (one) => one.destroy()],
    ['hangs up in its headers', (one) => one.end(head)],
    ['hangs up in its answer', (one) => one.end(`${head}Content-Length: 99\r\n\r\n[`)],
    ['hangs up in a chunk', (one) => one.end(`${head}Transfer-Encoding: chunked\r\n\r\nff\r\n[`)],
    ['has endless headers', (one) => one.write(`${head}X: ${'x'.repeat(1_000_000)}`)],
  ])('that %s yields nothing, and is not waited for', async (_, answer) => {
    const { socket, allClosed } = await engine(answer);
    expect((await containersOfEngines([socket], never)).size).toBe(0);
    await allClosed();
  });

  it('that sends 100 MB is not read to the end', async () => {
    const all = 100 * 1024 * 1024;
    let sent = 0;
    const { socket, allClosed } = await engine((connection) => {
      connection.write(`${head}Content-Length: ${all}\r\n\r\n`);
      const piece = Buffer.alloc(64 * 1024, ' ');
      const more = () => {
        while (sent < all && !connection.destroyed) {
          sent += piece.length;
          if (!connection.write(piece)) return;
        }
      };
      connection.on('drain', more);
      more();
    });
    expect((await containersOfEngines([socket], never)).size).toBe(0);
    await allClosed();
    expect(sent).toBeGreaterThan(8 * 1024 * 1024);
    expect(sent).toBeLessThan(all / 2);
  });

  it.each<[string, (connection: Socket, stop: (timer: NodeJS.Timeout) => void) => void]>([
    ['never answers', () => {}],
    ['stops in its headers', (one) => one.write(head)],
    ['stops in its answer', (one) => one.write(`${head}Content-Length: 99\r\n\r\n[`)],
    [
      'drips without an end',
      (one, stop) => {
        one.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
        stop(setInterval(() => one.write('1\r\n \r\n'), 5));
      },
    ],
    [
      'drips interim answers',
      (one, stop) => stop(setInterval(() => one.write('HTTP/1.1 102 X\r\n\r\n'), 5)),
    ],
  ])('that %s is left when its time is up', async (_, answer) => {
    const { socket, requests, allClosed } = await engine((connection) =>
      answer(connection, (timer) => connection.on('close', () => clearInterval(timer))),
    );
    const timers = () => process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length;
    const before = timers();
    expect((await containersOfEngines([socket], 300)).size).toBe(0);
    await allClosed();
    expect(requests.length).toBeLessThanOrEqual(1);
    expect(timers()).toBeLessThanOrEqual(before);
  });

  it('that is not there any more yields nothing', async () => {
    const root = machineRoot();
    expect((await containersOfEngines([join(root, 'none.sock')], never)).size).toBe(0);
    expect((await containersOfEngines([], never)).size).toBe(0);
  });

  it('does not keep others from answering', async () => {
    const root = machineRoot();
    const [first, second] = [
      await fakeEngine(root, '/first.sock', answering(list)),
      await fakeEngine(
        root,
        '/second.sock',
        answering([
          { Id: id, Names: ['/late'] },
          { Id: 'b', Names: ['/b'] },
        ]),
      ),
    ];
    // Hangs up when the others have been heard out.
    const silent = await fakeEngine(root, '/silent.sock', (connection) => {
      const whenBoth = () => {
        if (first.requests.length + second.requests.length < 2) return setTimeout(whenBoth, 5);
        return Promise.all([first.allClosed(), second.allClosed()]).then(() =>
          connection.destroy(),
        );
      };
      whenBoth();
    });
    const containers = await containersOfEngines(
      [silent.socket, first.socket, second.socket],
      never,
    );
    // The first that tells of a container counts.
    expect([...containers].map(([key, { name }]) => [key, name])).toEqual([
      [id, 'web'],
      ['b', 'b'],
    ]);
    await silent.allClosed();
  });
});

describe.skipIf(reason !== null)(`sockets of engines: ${reason ?? 'UNIX sockets'}`, () => {
  it('are those of the machine, through its links', async () => {
    const root = machineRoot({ '/var/run': { to: '/run' } });
    const { socket } = await fakeEngine(root, '/run/docker.sock', () => {});
    const podman = await fakeEngine(root, '/run/podman/podman.sock', () => {});
    expect(engineSockets(root, {})).toEqual([socket, podman.socket]);
  });

  it('are returned once if one is a link to the other', async () => {
    const root = machineRoot({ '/var/run/docker.sock': { to: '/run/podman/podman.sock' } });
    const { socket } = await fakeEngine(root, '/run/podman/podman.sock', () => {});
    expect(engineSockets(root, {})).toEqual([socket]);
  });

  it('are none where something else lies there', () => {
    const root = machineRoot({ '/var/run/docker.sock': 'text', '/run/podman/podman.sock/x': '' });
    expect(engineSockets(root, {})).toEqual([]);
  });

  it('are none whose path would be cut', async () => {
    const folder = machineRoot();
    const [short, long] = [join(folder, 'short'), join(folder, 'x'.repeat(100))];
    const { socket } = await fakeEngine(short, '/run/podman/podman.sock', () => {});
    expect(engineSockets(short, {})).toEqual([socket]);
    renameSync(short, long);
    expect(engineSockets(long, {})).toEqual([]);
  });

  it('of the user are asked for on our own machine alone', async () => {
    const folder = temporaryFolder('user-');
    const { socket } = await fakeEngine(folder, '/podman/podman.sock', () => {});
    const environment = { XDG_RUNTIME_DIR: folder };
    expect(engineSockets('', environment)).toContain(socket);
    expect(engineSockets(machineRoot(), environment)).toEqual([]);
    expect(engineSockets('', { XDG_RUNTIME_DIR: 'relative' })).not.toContain(socket);
  });
});
