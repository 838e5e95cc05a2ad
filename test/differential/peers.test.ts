import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/model/report/snapshot.ts';
import type { InetSocket, Socket, UnixSocket } from '../../src/model/socket/socket.ts';
import { skipReason, startZoo, type Visit, type Zoo } from './zoo.ts';

const nobody = 65534;

interface World {
  readonly processes: Readonly<Record<'server' | 'client' | 'other', number>>;
  /** By the client's port, whose the server is. */
  readonly udp: Readonly<Record<string, keyof World['processes'] | null>>;
}

/** `127.0.0.1:80`, an IPv4-mapped address as IPv4 and without a zone, from ss's or our own ends. */
function plainEnd(address: string, port: number | string): string {
  return `${address.replace(/^::ffff:(?=.*\.)/, '').replace(/%.*/, '')} ${port}`;
}

/** `[fe80::1]%d0:80` */
function endOfSs(text: string): string {
  const [, v6, v4, port] = /^(?:\[(.*)\](?:%\w+)?|([^[\]]*)):(\d+|\*)$/.exec(text) ?? [];
  return plainEnd(v6 ?? v4 ?? '', port ?? '');
}

/** The PIDs in `users:(("a",pid=1,fd=3),("b",pid=2,fd=3))`. */
function pidsIn(line: string): readonly number[] {
  return [...new Set([...line.matchAll(/,pid=(\d+),/g)].map(([, pid]) => Number(pid)))].sort(
    (a, b) => a - b,
  );
}

/** Processes by both ends of a TCP connection, as ss -tanp shows them. */
function tcpOfSs(text: string): ReadonlyMap<string, readonly number[]> {
  return new Map(
    text
      .split('\n')
      .slice(1, -1)
      .map((line) => {
        const [, , , local = '', remote = ''] = line.trim().split(/\s+/);
        return [`${endOfSs(local)} ${endOfSs(remote)}`, pidsIn(line)];
      }),
  );
}

/** By inode, as ss -xap shows it: the peer's inode, 0 for none, and the processes. */
function unixOfSs(text: string) {
  const line = /\s(\d+)\s+\S+\s+(\d+)\s*(users:.*)?$/;
  return new Map(
    text.split('\n').flatMap((row) => {
      const [, inode, peer] = line.exec(row.trimEnd()) ?? [];
      return inode === undefined
        ? []
        : [[Number(inode), { peer: Number(peer), pids: pidsIn(row) }] as const];
    }),
  );
}

const endOf = ({ address, port }: InetSocket['remote']) => `${address}:${port}`;

const pidsOf = ({ peer }: Socket) => peer?.owners.map(({ pid }) => pid);

describe.skipIf(skipReason)(`--peers beside ss ${skipReason ?? ''}`, () => {
  let zoo: Zoo;
  let world: World;
  beforeAll(async () => {
    zoo = await startZoo('empty');
    const facts = await zoo.fill('peers.py', 'peers.json');
    world = JSON.parse(facts) as World;
  });
  afterAll(() => zoo?.stop());

  async function ours(args: readonly string[], visit: Visit = {}) {
    const { stdout, stderr } = await zoo.tsnetstat([...args, '--peers', '--json'], visit);
    const { sockets, warnings } = JSON.parse(stdout.toString()) as Snapshot;
    return { sockets, warnings, stderr };
  }
  const ss = async (flags: string, visit: Visit = {}) =>
    (await zoo.run(['ss', flags], visit)).stdout.toString();

  describe.each<[string, Visit]>([
    ['root', {}],
    ['an unprivileged user', { uid: nobody }],
  ])('as %s', (who, visit) => {
    it('TCP', async () => {
      const theirs = tcpOfSs(await ss('-tanp', visit));
      const { sockets } = await ours(['-tan'], visit);
      const seen = { pids: 0, none: 0, mapped: 0, shared: 0 };
      for (const socket of sockets as InetSocket[]) {
        const { local, remote, state, peer } = socket;
        const [here, there] = [
          plainEnd(local.address, local.port),
          plainEnd(remote.address, remote.port),
        ];
        const expected = theirs.get(`${there} ${here}`);
        if (state === 'LISTEN' || expected === undefined) {
          expect(peer, `${here} ${there}`).toBeNull();
          continue;
        }
        expect(pidsOf(socket), `${here} ${there}`).toEqual(expected);
        if (expected.length > 0) seen.pids++;
        else if (peer?.noOwner === 'none') seen.none++;
        if (expected.length > 1) seen.shared++;
        if (expected.length > 0 && local.address.startsWith('::ffff:')) seen.mapped++;
      }
      expect(seen.pids).toBeGreaterThan(who === 'root' ? 15 : 5);
      // Three that are not accepted, one that is closed at its other end.
      expect(seen.none).toBeGreaterThanOrEqual(4);
      expect(seen.mapped).toBeGreaterThanOrEqual(2);
      expect(seen.shared).toBe(who === 'root' ? 1 : 0);
    });

    it('UNIX', async () => {
      const theirs = unixOfSs(await ss('-xap', visit));
      const { sockets, warnings } = await ours(['-xan'], visit);
      expect(warnings.filter(({ code }) => code !== 'owners-denied')).toEqual([]);
      let pairs = 0;
      for (const { inode, peer } of sockets as UnixSocket[]) {
        const theirPeer = inode === null ? undefined : theirs.get(inode);
        if (theirPeer === undefined) {
          expect(peer).toBeNull();
        } else if (theirPeer.peer === 0) {
          // None, or one that no process has open.
          expect([peer, inode]).toEqual([
            peer === null ? null : { inode: null, owners: [], noOwner: 'none' },
            inode,
          ]);
        } else {
          pairs++;
          expect(peer?.inode).toBe(theirPeer.peer);
          expect(peer?.owners.map(({ pid }) => pid)).toEqual(theirs.get(theirPeer.peer)?.pids);
        }
      }
      expect(pairs).toBe(12);
      // Not accepted, and closed.
      const gone = sockets.filter(({ peer }) => peer?.noOwner === 'none');
      expect(gone).toHaveLength(2);
    });

    it('UDP: who receives what is sent', async () => {
      const { sockets } = await ours(['-uan'], visit);
      const clients = (sockets as InetSocket[]).filter(({ local }) => `${local.port}` in world.udp);
      expect(clients).toHaveLength(Object.keys(world.udp).length);
      for (const client of clients) {
        const name = world.udp[client.local.port] ?? null;
        const what = `${client.local.port} to ${client.remote.address}:${client.remote.port}`;
        if (name === null) {
          // Of two servers that could not be inspected nothing but that is known.
          const reason = client.peer?.noOwner ?? null;
          expect(reason, what).toBe(who !== 'root' && reason ? 'denied' : null);
        } else if (who === 'root') {
          expect(pidsOf(client), what).toEqual([world.processes[name]]);
        } else {
          expect(client.peer, what).toMatchObject({ owners: [], noOwner: 'denied' });
        }
      }
    });
  });

  describe("a user's own connection, beside others'", () => {
    const visit = { uid: nobody };
    /** Those of one process, and those whose other end is root's. */
    const own = ['--port', '1083'];
    const foreign = ['--remote', '127.0.0.2:1080'];

    it.each([
      [['-p', '--peers']],
      [['--sort', 'peer']],
      [['--columns', 'src,peer']],
      [['--peers', '--json']],
      [['--peers', '--json', '--source', 'netlink']],
      [['--peers', '--all-netns']],
    ])('lacks nothing: %j', async (args) => {
      const listed = await zoo.tsnetstat(['-tan', ...own, ...args], visit);
      expect(listed).toMatchObject({ stderr: '', code: 0 });
      const { stderr } = await zoo.tsnetstat(['-tan', ...foreign, ...args], visit);
      expect(stderr).toMatch(/^tsnetstat: warning: the owners of 1 socket could not be determined/);
    });

    describe.each(['peer = nosuch', 'peerpid = 1', 'peerworkload = nosuch'])('%s', (filter) => {
      it.each([
        [['-q'], 1],
        [['--pids'], 1],
        [['-q', '--all-netns'], 1],
        [['--wait-gone', '1'], 0],
      ] as const)('is known not to match: %j', async (flags, code) => {
        expect(await zoo.tsnetstat([...flags, '-tn', ...own, filter], visit)).toMatchObject({
          ...{ stderr: '', code },
        });
        const unknown = await zoo.tsnetstat([...flags, '-tn', ...foreign, filter], visit);
        expect(unknown.code).toBe(2);
        expect(unknown.stderr).toMatch(/the owners of 1 socket could not be determined/);
      });

      it('no server has another end', async () => {
        const asked = await zoo.tsnetstat(['-q', '-tln', filter], visit);
        expect(asked).toMatchObject({ stderr: '', code: 1 });
      });
    });

    it('UNIX sockets', async () => {
      const { sockets } = await ours(['-xan'], visit);
      const endsOf = (isHidden: boolean) =>
        sockets.find(
          ({ owners, peer }) =>
            owners?.length === 1 && (isHidden ? peer?.noOwner === 'denied' : peer?.owners.length),
        )?.inode;
      for (const [isHidden, code] of [
        [false, 1],
        [true, 2],
      ] as const) {
        const asked = ['-q', '-xn', `inode = ${endsOf(isHidden)} and peer = nosuch`];
        expect((await zoo.tsnetstat(asked, visit)).code, asked.join(' ')).toBe(code);
      }
    });
  });

  it('the other end is found though it is not listed', async () => {
    const { server, client } = world.processes;
    const text = async (...args: string[]) =>
      (await zoo.tsnetstat([...args, '--peers'])).stdout.toString().split('\n').slice(2, -1);
    const [row = '', ...more] = await text('-tnp', '--remote', '127.0.0.2:1080');
    expect(more).toEqual([]);
    expect(row).toMatch(new RegExp(` ESTABLISHED ${client}/client +${server}/server +$`));
    // Its table is not asked for.
    const rows = await text('-t4n', '--remote', '192.0.2.1:1081');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toContain(`${server}/server`);
    // Nor does -l list it, which is left with the servers.
    for (const line of await text('-tln')) expect(line).toMatch(/ LISTEN +- +$/);
    const named = await text('-tan', 'peer = client and sport = :1080');
    expect(named.length).toBeGreaterThan(3);
    for (const line of named) expect(line).toContain(`${client}/client`);
  });

  it('files and rounds report the same, and UNIX sockets cost a warning without the kernel', async () => {
    const rowsOf = ({ sockets }: Snapshot) =>
      sockets.map(({ peer, inode }) => [inode, peer?.owners.map(({ pid }) => pid)]);
    const live = await ours(['-tuan']);
    const files = await ours(['-tuan', '--proc-root', '/proc']);
    const asked = await ours(['-tuan', '--source', 'netlink']);
    expect(rowsOf(asked as never)).toEqual(rowsOf(live as never));
    // No file tells which server of IPv6 takes IPv4 too: one of two here does.
    const mayTakeIpv4 = new Set(
      (live.sockets as InetSocket[])
        .filter(({ remote }) => ['127.0.0.1:2054', '127.0.0.1:2060'].includes(endOf(remote)))
        .map(({ inode }) => inode),
    );
    expect(mayTakeIpv4.size).toBe(2);
    const known = ({ sockets }: Pick<Snapshot, 'sockets'>) =>
      rowsOf({ sockets: sockets.filter(({ inode }) => !mayTakeIpv4.has(inode)) } as never);
    expect(known(files)).toEqual(known(live));
    const untold = files.sockets.filter(({ inode }) => mayTakeIpv4.has(inode));
    expect(untold.map(({ peer }) => peer?.noOwner)).toEqual(['unknown', 'unknown']);
    expect(files.warnings.filter(({ code }) => code === 'incomplete')).toMatchObject([
      { message: expect.stringMatching(/^the peers of 2 UDP sockets could not be determined: /) },
    ]);
    expect(live.warnings).toEqual([]);
    for (const args of [
      ['--proc-root', '/proc'],
      ['--source', 'proc'],
    ]) {
      const { sockets, warnings, stderr } = await ours(['-xan', ...args]);
      expect(sockets.every(({ peer }) => peer === null)).toBe(true);
      expect(warnings.map(({ code }) => code)).toEqual(['incomplete']);
      expect(stderr.split('\n')).toHaveLength(2);
    }
    // Rounds, however long they take: what comes after them finds the pipe closed.
    const rounds = await zoo.run([
      ...['sh', '-c', '"$@" | head -n 3', 'sh', ...zoo.program],
      ...[
        '-tnc',
        '--interval',
        '0.2',
        '--peers',
        '--format',
        'ndjson',
        '--remote',
        '127.0.0.2:1080',
      ],
    ]);
    const lines = rounds.stdout.toString().split('\n').slice(0, -1);
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      expect((JSON.parse(line) as Socket).peer?.owners[0]?.pid).toBe(world.processes.server);
    }
  });
});
