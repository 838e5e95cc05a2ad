import { describe, expect, it } from 'vitest';
import type { Warning } from '../../../src/model/report/snapshot.ts';
import type {
  ReceivedMachine,
  ReceivedRefusal,
} from '../../../src/sources/linux/proc/received-proc.ts';
import { type ReceivedBeside, receivedSource } from '../../../src/sources/linux/received-source.ts';
import type { SocketQuery } from '../../../src/sources/source.ts';
import { answer, collect, warningSink } from '../../support/source-answers.ts';

const host = { platform: 'linux', env: {}, procRoot: null };
const none: ReceivedBeside = { file: () => 'ENOENT', hasFolder: () => false, ip: null };
const little = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]);

function machine(
  files: Readonly<Record<string, string | Buffer>>,
  more: Partial<ReceivedMachine> = {},
): ReceivedMachine {
  const entries = Object.entries(files).map(([path, text]): [string, Buffer | ReceivedRefusal] => [
    path,
    text === 'EACCES' ? text : Buffer.from(text as string),
  ]);
  return {
    root: 'web1:/proc',
    files: new Map<string, Buffer | ReceivedRefusal>([['self/exe', little], ...entries]),
    ...{ descriptors: new Map(), executables: new Map(), replaced: new Set() },
    ...{ links: new Map(), hasNet: true },
    ...more,
  };
}

const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0277 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000000000000000 100 0 0 10 0
`;

async function sockets(from: ReceivedMachine, query: Partial<SocketQuery> = {}) {
  const asked: SocketQuery = {
    ...{ protocols: ['tcp'], families: ['inet'], keep: () => true },
    owners: { depth: 'all', details: true },
    ...query,
  };
  const notes: string[] = [];
  const sink = { ...warningSink(), note: (message: string) => notes.push(message) };
  const source = receivedSource(from, host, none);
  const rows = await collect(source.read({ report: 'sockets', ...asked }, sink).batches);
  return { rows, warnings: sink.warnings.map(({ message }) => message), notes };
}

describe('receivedSource', () => {
  it('returns sockets with their owners', async () => {
    const received = machine(
      { 'net/tcp': tcp, '7/cmdline': '/usr/sbin/cupsd\0-l\0', '7/stat': '7 (cupsd) S 1' },
      {
        descriptors: new Map([
          [1, Buffer.from('0 0\n')],
          [7, Buffer.from('0 0\n3 4711\n')],
        ]),
        executables: new Map([[7, '/usr/sbin/cupsd']]),
      },
    );
    const { rows, warnings } = await sockets(received);
    expect(rows[0]).toMatchObject({
      local: { address: '127.0.0.1', port: 631 },
      owners: [{ pid: 7, program: 'cupsd', executable: '/usr/sbin/cupsd', fd: 3 }],
    });
    expect(warnings).toEqual([]);
  });

  it('reports what the user who looked there lacks, not what this one does', async () => {
    const withStatus = (status: string) =>
      machine(
        { 'net/tcp': tcp, 'self/status': status, 'self/uid_map': '0 0 4294967295' },
        { descriptors: new Map([[1, 'EACCES' as const]]) },
      );
    const user = 'Uid:\t1000\t1000\t1000\t1000\nCapEff:\t0000000000000000\n';
    const { rows, warnings } = await sockets(withStatus(user));
    expect(rows[0]?.noOwner).toBe('denied');
    expect(warnings.join()).toContain('root (with CAP_SYS_PTRACE) would see them');
    const root = 'Uid:\t0\t0\t0\t0\nCapEff:\t0000000000000000\n';
    expect((await sockets(withStatus(root))).warnings.join()).toContain(
      'this root lacks CAP_SYS_PTRACE',
    );
  });

  it('explains why what only a kernel reports is missing', async () => {
    const { rows, warnings } = await sockets(machine({ 'net/tcp': tcp }), { tcpInfo: true });
    expect(rows[0]).toMatchObject({ tcpInfo: null });
    expect(warnings.join()).toContain('they require a tsnetstat that is installed there');
    expect(warnings.join()).not.toContain('--proc-root');
  });

  it.each([
    ['cgroup:[4026531835]', 'none'],
    ['cgroup:[4026532000]', 'unknown'],
    [null, 'unknown'],
  ])('takes the machine for whole by its own namespace: %s', async (namespace, reason) => {
    const received = machine(
      { 'net/tcp': tcp, '7/cmdline': 'a\0', '7/cgroup': '0::/\n' },
      {
        descriptors: new Map([
          [1, Buffer.alloc(0)],
          [7, Buffer.from('3 4711\n')],
        ]),
        links: new Map(namespace === null ? [] : [['ns/cgroup', namespace]]),
      },
    );
    const { rows } = await sockets(received, { workloads: true });
    expect(rows[0]).toMatchObject({ workload: null, noWorkload: reason });
  });

  const dev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
  eth7: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16
`;

  it('returns interfaces as ip reports them there, else from /sys', async () => {
    const read = async (beside: Partial<ReceivedBeside>) => {
      const source = receivedSource(machine({ 'net/dev': dev }), host, { ...none, ...beside });
      const query = { report: 'interfaces', families: ['inet', 'inet6'] } as const;
      const [first] = await answer(source, query);
      return first;
    };
    const link = { ifindex: 2, ifname: 'eth7', flags: ['UP'], mtu: 1400, link_type: 'ether' };
    const address = { family: 'inet', local: '192.0.2.7', prefixlen: 24, label: 'eth7' };
    const ip = [{ ...link, txqlen: 1000, address: '02:00:00:00:00:07', addr_info: [address] }];
    expect(await read({ ip: Buffer.from(JSON.stringify(ip)) })).toMatchObject({
      ...{ index: 2, mtu: 1400, hardwareAddress: '02:00:00:00:00:07' },
      addresses: [{ address: '192.0.2.7', prefixLength: 24 }],
    });
    const sys: Readonly<Record<string, string>> = {
      ...{ ifindex: '2\n', mtu: '1400\n', flags: '0x1003\n', type: '1\n', tx_queue_len: '1000\n' },
      ...{ address: '02:00:00:00:00:07\n', operstate: 'up\n' },
    };
    const file = (path: string) => {
      const text = sys[path.replace('/sys/class/net/eth7/', '')];
      return text === undefined ? ('ENOENT' as const) : Buffer.from(text);
    };
    expect(await read({ file })).toMatchObject({
      ...{ index: 2, mtu: 1400, hardwareAddress: '02:00:00:00:00:07', linkType: 'Ethernet' },
      flags: ['UP', 'BROADCAST', 'RUNNING', 'MULTICAST'],
    });
    const sink = warningSink();
    const bare = receivedSource(machine({ 'net/dev': dev }), host, none);
    const query = { report: 'interfaces', families: ['inet'] } as const;
    const [unknown] = await collect(bare.read(query, sink).batches);
    expect(unknown).toMatchObject({ name: 'eth7', mtu: null, hardwareAddress: null });
    expect(sink.warnings.map(({ message }) => message)).toContain(
      'MTU, flags and hardware addresses of interfaces are unknown, so some may be down: there is neither an ip (iproute2) that prints JSON nor /sys/class/net',
    );
  });

  it('returns facts from files beside /proc, and names what is missing', async () => {
    const source = receivedSource(machine({}), host, {
      ...none,
      file: (path) =>
        path === '/etc/resolv.conf' ? Buffer.from('nameserver 192.0.2.53\n') : 'ENOENT',
      hasFolder: (path) => path === '/run/systemd/system',
    });
    const facts = await source.systemFacts?.(['nameservers', 'hasSystemd', 'synCookies'], {
      warn() {},
    });
    expect(facts?.[0]?.values).toMatchObject({ nameservers: ['192.0.2.53'], hasSystemd: true });
    expect(facts?.[0]?.missing.synCookies).toMatch(
      /^\/proc\/sys\/net\/ipv4\/tcp_syncookies: not found/,
    );
  });

  it('leaves its name to what is printed before a text, unless the text begins with it', async () => {
    const gone = machine({ 'net/tcp': tcp }, { descriptors: new Map([[7, 'EACCES']]) });
    const { warnings, notes } = await sockets(gone, { families: ['inet', 'inet6'] });
    expect(notes).toEqual(['tcp: read from /proc/net/tcp']);
    expect(warnings).toEqual([
      'web1:/proc/net/tcp6: this kernel has no such table',
      expect.stringMatching(/^the owners of 1 socket .*, and \/proc hides other users' processes/),
    ]);
    const facts = ['nameservers', 'descriptors', 'tcpUse', 'synCookies'] as const;
    const source = receivedSource(machine({ 'net/sockstat': 'TCP: ?\n' }), host, none);
    const [first] = (await source.systemFacts?.(facts, { warn() {} })) ?? [];
    expect(Object.values(first?.missing ?? {}).join('\n')).not.toContain('web1');
    expect(Object.keys(first?.missing ?? {})).toContain('tcpUse');
  });

  it('has no peers of UNIX sockets, with a reason', async () => {
    const warnings: string[] = [];
    const source = receivedSource(machine({}), host, none);
    const sink = { warn: ({ message }: Warning) => warnings.push(message) };
    expect(await source.unixPeers?.(sink)).toBeNull();
    expect(warnings.join()).toContain('they require a tsnetstat that is installed there');
  });
});
