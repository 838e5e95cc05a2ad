import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/model/report/snapshot.ts';
import type { InetSocket } from '../../src/model/socket/socket.ts';
import { skipReason, startZoo, type Visit, type Zoo } from './zoo.ts';

const nobody = 65534;

interface World {
  readonly processes: Readonly<Record<string, number>>;
  /** By the client's port, the interface of whoever receives. */
  readonly udp: Readonly<Record<string, string | null>>;
}

/** `tcp 0.0.0.0:80 v0`: of each socket the local end and the interface, as ss shows them; of one that is gone its number. */
function endsOfSs(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [protocol = '', , , , local = ''] = line.split(/\s+/);
      const [, address = '', device = '', port = ''] = /^(.*?)(?:%(\w+))?:(\d+)$/.exec(local) ?? [];
      const plain = address.replace(/[[\]]/g, '').replace(/^\*$/, '::');
      return `${protocol} ${plain}:${port} ${device.replace(/^if(\d+)$/, '$1') || '-'}`;
    })
    .sort();
}

const endOf = ({ protocol, local, device }: InetSocket) =>
  `${protocol} ${local.address}:${local.port} ${device ?? '-'}`;

describe.skipIf(skipReason)(`sockets that are bound to interfaces ${skipReason ?? ''}`, () => {
  let zoo: Zoo;
  let world: World;
  beforeAll(async () => {
    zoo = await startZoo('empty');
    const facts = await zoo.fill('device.py', 'device.json');
    world = JSON.parse(facts) as World;
  });
  afterAll(() => zoo?.stop());

  async function ours(args: readonly string[], visit: Visit = {}) {
    const { stdout, stderr } = await zoo.tsnetstat([...args, '--json'], visit);
    return { sockets: (JSON.parse(stdout.toString()) as Snapshot).sockets as InetSocket[], stderr };
  }
  const ss = async (...command: readonly string[]) =>
    endsOfSs((await zoo.run(command)).stdout.toString());

  it.each<[string, Visit]>([
    ['root', {}],
    ['an unprivileged user', { uid: nobody }],
  ])('are the ones that ss reports, to %s', async (_, visit) => {
    const theirs = await ss('ss', '-tuanH');
    const { sockets, stderr } = await ours(['-tuan', '--socket-info'], visit);
    expect(sockets.map(endOf).sort()).toEqual(theirs);
    expect(stderr).toBe('');
    const states = sockets.flatMap(({ state, device }) => (device === null ? [] : [state]));
    expect(new Set(states)).toEqual(
      new Set(['LISTEN', 'ESTABLISHED', 'SYN_RECV', 'TIME_WAIT', 'UNCONN']),
    );
    // Of an interface that is gone only the number is left.
    expect(sockets.find(({ local }) => local.port === 85)?.device).toMatch(/^\d+$/);
  });

  it('have the names of their own network namespace', async () => {
    const { sockets } = await ours(['--all-netns', '-tuan', '--socket-info']);
    const of = (own: boolean) => sockets.filter(({ netns }) => netns?.own === own);
    expect(of(true).map(endOf).sort()).toEqual(await ss('ss', '-tuanH'));
    const theirs = await ss('ip', 'netns', 'exec', 'web', 'ss', '-tuanH');
    expect(of(false).map(endOf).sort()).toEqual(theirs);
    expect(theirs).toEqual(['tcp 0.0.0.0:80 eth0', 'tcp 0.0.0.0:80 eth1', 'tcp 0.0.0.0:81 lo']);
  });

  it.each(['dev = lo', 'dev = v0', 'dev != v1'])('are chosen as ss chooses: %s', async (filter) => {
    const theirs = await ss('ss', '-tuanH', ...filter.split(' '));
    const { sockets } = await ours(['-tuan', '--socket-info', filter]);
    expect(sockets.map(endOf).sort()).toEqual(theirs);
    expect(theirs.length).toBeGreaterThan(1);
  });

  it('are chosen by a pattern, and sorted', async () => {
    const { stdout } = await zoo.tsnetstat([
      '-uln',
      '--format',
      'csv',
      '--columns',
      'device',
      '--sort',
      '-device',
      'dev = *',
    ]);
    expect(stdout.toString().trim().split(/\r?\n/)).toEqual(['device', 'v1', 'v0', 'v0', 'lo']);
  });

  it('are netstat’s rows as they were', async () => {
    for (const source of ['proc', 'netlink']) {
      const { stdout } = await zoo.tsnetstat(['-tuan', '--source', source]);
      expect(stdout.toString().split('\n').sort()).toEqual(
        (await zoo.netstat(['-tuan'])).stdout.toString().split('\n').sort(),
      );
    }
  });

  it('are not in files, which decides nothing', async () => {
    const { sockets } = await ours(['-tln', '--socket-info', '--source', 'proc']);
    expect(new Set(sockets.map(({ device }) => device))).toEqual(new Set([null]));
    const { stdout, stderr, code } = await zoo.tsnetstat(['-tlnq', '--source', 'proc', 'dev = lo']);
    expect([stdout.toString(), code]).toEqual(['', 2]);
    expect(stderr).toMatch(/interfaces, .* not available/);
  });

  it('are reached by this machine alone where that is the loopback interface', async () => {
    const exposures = async (args: readonly string[]) => {
      const { sockets } = await ours(['-tln', '--exposure', ...args]);
      return sockets.map(({ local, exposure }) => `${local.port} ${exposure?.kind}`).sort();
    };
    const known = ['80 host', '80 loopback', '81 host', '82 host', '83 host', '84 loopback'];
    expect(await exposures([])).toEqual([...known, '85 nowhere']);
    // Nobody tells: what may be reached counts as reached.
    expect(await exposures(['--source', 'proc'])).toEqual(
      [...known, '85 host'].map((one) => one.replace('loopback', 'host')),
    );
    const { sockets } = await ours(['-tln', '--exposed']);
    expect(sockets.map(({ local }) => local.port).sort()).toEqual([80, 81, 82, 83, 85]);
  });

  it('receive what comes by their interface alone', async () => {
    const { sockets } = await ours(['-uan', '--peers']);
    const pids = Object.entries(world.udp).map(([port, device]) => [
      port,
      device === null ? [] : [world.processes[device]],
    ]);
    const known = sockets
      .filter(({ local }) => String(local.port) in world.udp)
      .map(({ local, peer }) => [String(local.port), (peer?.owners ?? []).map(({ pid }) => pid)]);
    expect(Object.fromEntries(known)).toEqual(Object.fromEntries(pids));
  });
});
