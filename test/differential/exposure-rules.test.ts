import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/model/report/snapshot.ts';
import { exposureText } from '../../src/model/socket/exposure.ts';
import type { InetSocket } from '../../src/model/socket/socket.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { skipReason as noZoo, startZoo, type Zoo } from './zoo.ts';

const skipReason =
  noZoo ?? reasonToSkip({ platforms: ['linux'], programs: ['nft', 'iptables', 'ip6tables'] });

/** Sends to KIND,ADDRESS,PORT; prints the port of the server that answers, or `-`. */
const ask = `import socket, sys
kind, host, port = sys.argv[1].split(",")
family = socket.AF_INET6 if ":" in host else socket.AF_INET
with socket.socket(family, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM) as sock:
    sock.settimeout(1)
    try:
        sock.connect((host, int(port)))
        if kind == "udp":
            sock.send(b"?")
        print(sock.recv(9).decode())
    except OSError:
        print("-")`;

const incoming = (rules: string) =>
  `table ip t { chain pre { type nat hook prerouting priority -100\n${rules}\n}\n}`;
const to80 = 'dnat to 10.99.0.2:80';

describe.skipIf(skipReason)(`rules that publish ports ${skipReason ?? ''}`, () => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await startZoo('empty');
    await zoo.fill('exposure-rules.sh', 'ready');
  });
  afterAll(async () => {
    await zoo?.stop();
  });

  async function apply(rules: string): Promise<void> {
    const script = rules.includes('tables -t')
      ? `nft flush ruleset; set -e\n${rules}`
      : `nft flush ruleset; nft -f - <<'N'\n${rules}\nN`;
    const { code, stderr } = await zoo.run(['sh', '-c', script]);
    expect([code, stderr.toString()]).toEqual([0, '']);
  }

  /** How far the server at a port can be reached, by its protocol and port. */
  async function exposures(): Promise<Readonly<Record<string, string>>> {
    const { stdout } = await zoo.tsnetstat(['--all-netns', '-tuln', '--json', '--exposure']);
    const { sockets } = JSON.parse(stdout.toString()) as Snapshot;
    return Object.fromEntries(
      (sockets as InetSocket[])
        .filter(({ netns }) => netns?.own === true || netns?.name === 'web')
        .map(({ protocol, local, exposure }) => [
          `${protocol} ${local.port}`,
          exposure ? exposureText(exposure) : '',
        ]),
    );
  }

  async function answerTo(end: string): Promise<string> {
    const { stdout } = await zoo.run([
      ...['ip', 'netns', 'exec', 'lan', '/usr/bin/python3', '-c', ask, end],
    ]);
    return stdout.toString().trim();
  }

  /** Rules; what the other machine sends to, and who answers; what is shown of that server. */
  const cases: readonly (readonly [string, string, string, string, string, string])[] = [
    [
      'a port',
      incoming(`tcp dport 8080 ${to80}`),
      ...(['tcp,10.97.0.1,8080', '80', 'tcp 80', 'published: 8080 → 10.99.0.2:80'] as const),
    ],
    [
      'a port that is accepted before',
      incoming(`tcp dport 8080 accept\ntcp dport 8080 ${to80}`),
      ...(['tcp,10.97.0.1,8080', '-', 'tcp 80', 'internal'] as const),
    ],
    [
      'a port that returns before',
      incoming(`tcp dport { 8000-8100 } return\ntcp dport 8080 ${to80}`),
      ...(['tcp,10.97.0.1,8080', '-', 'tcp 80', 'internal'] as const),
    ],
    [
      'a port that returns before under a further condition',
      incoming(`ip saddr 10.97.0.77 tcp dport 8080 return\ntcp dport 8080 ${to80}`),
      ...(['tcp,10.97.0.1,8080', '80', 'tcp 80', 'published: 8080 → 10.99.0.2:80'] as const),
    ],
    [
      'a return from a chain that another leads to',
      `table ip t { chain x { tcp dport 8080 return\n}
        chain pre { type nat hook prerouting priority -100
        jump x\ntcp dport 8080 ${to80}\n}\n}`,
      ...(['tcp,10.97.0.1,8080', '80', 'tcp 80', 'published: 8080 → 10.99.0.2:80'] as const),
    ],
    [
      'a chain that leads no way back',
      `table ip t { chain x { tcp dport 1 accept\n}
        chain pre { type nat hook prerouting priority -100
        goto x\ntcp dport 8080 ${to80}\n}\n}`,
      ...(['tcp,10.97.0.1,8080', '-', 'tcp 80', 'internal'] as const),
    ],
    [
      'the first of two rules counts',
      incoming(`tcp dport 8080 ${to80}\ntcp dport 8080 dnat to 10.99.0.2:81`),
      ...(['tcp,10.97.0.1,8080', '80', 'tcp 81', 'internal'] as const),
    ],
    [
      'the first of two rules counts, behind a jump for this host and with the same exception',
      `table ip t { chain q { iifname != "v0" tcp dport 8080 ${to80}
        iifname != "v0" tcp dport 8080 dnat to 10.99.0.2:81\n}
        chain pre { type nat hook prerouting priority -100
        fib daddr type local jump q\n}\n}`,
      ...(['tcp,10.97.0.1,8080', '80', 'tcp 81', 'internal'] as const),
    ],
    [
      'with another exception both count',
      `table ip t { chain q { iifname != "w0" tcp dport 8080 ${to80}
        iifname != "v0" tcp dport 8080 dnat to 10.99.0.2:81\n}
        chain pre { type nat hook prerouting priority -100
        fib daddr type local jump q\n}\n}`,
      ...(['tcp,10.97.0.1,8080', '81', 'tcp 81', 'published: 8080 → 10.99.0.2:81'] as const),
    ],
    [
      'a condition that holds only for the later of two rules is not the same in both',
      incoming(`meta mark 1 tcp dport 8080 return\nmeta mark set 1
        meta mark 1 tcp dport 8080 ${to80}`),
      ...(['tcp,10.97.0.1,8080', '80', 'tcp 80', 'published: 8080 → 10.99.0.2:80'] as const),
    ],
    ...(
      [
        [
          'a stale rule behind another, as of Docker',
          `-j DNAT --to-destination 10.99.0.2:80`,
          '80',
        ],
        ['a return before a rule, as of Docker', '-j RETURN', '-'],
      ] as const
    ).map(
      ([name, first, answer]) =>
        [
          name,
          `iptables -t nat -N DOCKER
           iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
           iptables -t nat -A DOCKER ! -i v0 -p tcp --dport 8080 ${first}
           iptables -t nat -A DOCKER ! -i v0 -p tcp --dport 8080 -j DNAT --to-destination 10.99.0.2:81`,
          ...(['tcp,10.97.0.1,8080', answer, 'tcp 81', 'internal'] as const),
        ] as const,
    ),
    [
      'the chain with the lower priority counts, in whatever order they are listed',
      `table ip a { chain pre { type nat hook prerouting priority -90
        tcp dport 8080 dnat to 10.99.0.2:81\n}\n}
      table ip b { chain pre { type nat hook prerouting priority -100
        tcp dport 8080 ${to80}\n}\n}`,
      ...(['tcp,10.97.0.1,8080', '80', 'tcp 81', 'internal'] as const),
    ],
    [
      'what a chain accepts may be redirected by the next',
      `table ip a { chain pre { type nat hook prerouting priority -100
        tcp dport 8080 accept\n}\n}
      table ip b { chain pre { type nat hook prerouting priority -90
        tcp dport 8080 ${to80}\n}\n}`,
      ...(['tcp,10.97.0.1,8080', '80', 'tcp 80', 'published: 8080 → 10.99.0.2:80'] as const),
    ],
    [
      'what a chain redirects to the machine itself may not',
      `table ip a { chain pre { type nat hook prerouting priority -100
        tcp dport 8080 redirect to :9\n}\n}
      table ip b { chain pre { type nat hook prerouting priority -90
        tcp dport 8080 ${to80}\n}\n}`,
      ...(['tcp,10.97.0.1,8080', '-', 'tcp 80', 'internal'] as const),
    ],
    [
      'a rule for IPv4 takes nothing of IPv6',
      `table ip t { chain pre { type nat hook prerouting priority -100
        tcp dport 8082 redirect to :9\n}\n}
      table ip6 t { chain pre { type nat hook prerouting priority -100
        tcp dport 8082 dnat to [fd99::2]:82\n}\n}`,
      ...(['tcp,fd97::1,8082', '82', 'tcp 82', 'published: 8082 → [fd99::2]:82'] as const),
    ],
    [
      'IPv6 does not reach a server of IPv4',
      `table ip6 t { chain pre { type nat hook prerouting priority -100
        tcp dport 8081 dnat to [fd99::2]:81\n}\n}`,
      ...(['tcp,fd97::1,8081', '-', 'tcp 81', 'internal'] as const),
    ],
    [
      'IPv4 reaches a server of both',
      incoming('tcp dport 8082 dnat to 10.99.0.2:82'),
      ...(['tcp,10.97.0.1,8082', '82', 'tcp 82', 'published: 8082 → 10.99.0.2:82'] as const),
    ],
    [
      'IPv4 does not reach a server of IPv6 alone',
      incoming('tcp dport 8083 dnat to 10.99.0.2:83'),
      ...(['tcp,10.97.0.1,8083', '-', 'tcp 83', 'internal'] as const),
    ],
    [
      'a protocol by the field of the IP header: the other one',
      incoming(`ip protocol { udp, icmp } th dport 8080 ${to80}`),
      ...(['tcp,10.97.0.1,8080', '-', 'tcp 80', 'internal'] as const),
    ],
    [
      'a protocol by the field of the IP header',
      incoming(`ip protocol { udp, icmp } th dport 8080 ${to80}`),
      ...(['udp,10.97.0.1,8080', '80', 'udp 80', 'published: 8080 → 10.99.0.2:80'] as const),
    ],
    [
      'protocols without published ports',
      incoming(`udplite dport 8080 ${to80}\nmeta l4proto icmp dnat to 10.99.0.2`),
      ...(['tcp,10.97.0.1,8080', '-', 'tcp 80', 'internal'] as const),
    ],
    [
      'packets that are for others only',
      incoming(`fib daddr type != local tcp dport 8080 ${to80}`),
      ...(['tcp,10.97.0.1,8080', '-', 'tcp 80', 'unknown'] as const),
    ],
    [
      'maps and sets of a filter, and of a chain that nothing leads to, are no doubt',
      `table inet f { set s { type inet_service\nelements = { 22 }\n}
        chain y { tcp dport vmap { 1 : accept }\n}
        chain i { type filter hook input priority 0
        ct state vmap { established : accept, invalid : drop }
        tcp dport @s accept\n}\n}`,
      ...(['tcp,10.97.0.1,8080', '-', 'tcp 80', 'internal'] as const),
    ],
    [
      'a set that is not understood is',
      `table ip t { set s { type inet_service\nelements = { 8080 }\n}
        chain pre { type nat hook prerouting priority -100\ntcp dport @s ${to80}\n}\n}`,
      ...(['tcp,10.97.0.1,8080', '80', 'tcp 80', 'unknown'] as const),
    ],
    [
      'another destination without NAT is',
      `table ip t { chain pre { type filter hook prerouting priority -300
        ip daddr 10.97.0.1 tcp dport 8080 ip daddr set 10.99.0.2 tcp dport set 80 notrack
        ip saddr 10.99.0.2 tcp sport 80 notrack\n}
      chain post { type filter hook postrouting priority 300
        ip saddr 10.99.0.2 tcp sport 80 ip saddr set 10.97.0.1 tcp sport set 8080\n}\n}`,
      ...(['tcp,10.97.0.1,8080', '80', 'tcp 80', 'unknown'] as const),
    ],
    [
      "a server is the host's where only the machine's own packets go elsewhere",
      `table ip t { chain out { type nat hook output priority -100\ntcp dport 7000 ${to80}\n}\n}`,
      ...(['tcp,10.97.0.1,7000', '7000', 'tcp 7000', 'host'] as const),
    ],
    [
      'iptables: a port that is accepted before',
      `iptables -t nat -A PREROUTING -p tcp -m multiport --dports 80,8080 -j ACCEPT
      iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 10.99.0.2:80`,
      ...(['tcp,10.97.0.1,8080', '-', 'tcp 80', 'internal'] as const),
    ],
    [
      'iptables: a further condition, and a comment like an option',
      `iptables -t nat -A PREROUTING -p tcp --dport 8080 --syn -m limit --limit 1/hour --limit-burst 1 \
        -m addrtype --dst-type BROADCAST -j ACCEPT
      iptables -t nat -A PREROUTING -p tcp --dport 8080 -m comment --comment=-d -j DNAT --to-destination 10.99.0.2:80`,
      ...(['tcp,10.97.0.1,8080', '80', 'tcp 80', 'published: 8080 → 10.99.0.2:80'] as const),
    ],
    [
      'iptables: packets that are for others only',
      `iptables -t nat -A PREROUTING -p tcp --dport 8080 -m addrtype ! --dst-type LOCAL -j DNAT --to-destination 10.99.0.2:80`,
      ...(['tcp,10.97.0.1,8080', '-', 'tcp 80', 'unknown'] as const),
    ],
    [
      'ip6tables: IPv6 does not reach a server of IPv4',
      'ip6tables -t nat -A PREROUTING -p tcp --dport 8081 -j DNAT --to-destination [fd99::2]:81',
      ...(['tcp,fd97::1,8081', '-', 'tcp 81', 'internal'] as const),
    ],
  ];
  it.each(cases)('%s', async (_, rules, end, answer, server, expected) => {
    await apply(rules);
    expect(await answerTo(end)).toBe(answer);
    expect((await exposures())[server]).toBe(expected);
  });

  it('a port leads to one of two namespaces with the same address, which one is not known', async () => {
    await apply(incoming(`tcp dport 8080 ${to80}`));
    const twin = `cd "$0"; ip netns add twin; ip -n twin link add d0 type veth peer name d1
      ip -n twin addr add 10.99.0.2/24 dev d0; ip -n twin link set d0 up; ip -n twin link set d1 up
      setsid ip netns exec twin /usr/bin/python3 -B serve.py twin tcp,0.0.0.0,80 </dev/null >log2 2>&1 &
      until [ -e twin ]; do sleep 0.1; done`;
    await zoo.run(['sh', '-c', twin, zoo.folder]);
    expect(await answerTo('tcp,10.97.0.1,8080')).toBe('80');
    expect((await exposures())['tcp 80']).toBe('unknown');
    await zoo.run(['sh', '-c', 'kill $(ip netns pids twin); ip netns del twin']);
    expect((await exposures())['tcp 80']).toBe('published: 8080 → 10.99.0.2:80');
  });

  it('a port leads to loopback where the kernel hands that on', async () => {
    await apply(incoming('tcp dport 7101 dnat to 127.0.0.1:7100'));
    const asked = async () => [await answerTo('tcp,10.97.0.1,7101'), await exposures()] as const;
    const [nobody, before] = await asked();
    expect([nobody, before['tcp 7100']]).toEqual(['-', 'loopback']);
    const route = '/proc/sys/net/ipv4/conf/w0/route_localnet';
    await zoo.run(['sh', '-c', `echo 1 > ${route}`]);
    const [somebody, after] = await asked();
    await zoo.run(['sh', '-c', `echo 0 > ${route}`]);
    expect([somebody, after['tcp 7100']]).toEqual(['7100', 'published: 7101 → 127.0.0.1:7100']);
    expect(after['tcp 7101']).toBe('loopback');
  });
});
