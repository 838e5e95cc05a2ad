/** No port that a packet reaches is left out: random rules, and packets that walk through them as in the kernel. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseIptables } from '../../../../src/sources/linux/exposure/iptables.ts';
import type { PortRule } from '../../../../src/sources/linux/exposure/port-rule.ts';

/** A packet from the network; `isLucky`: a limit of packets lets it through. */
interface Packet {
  readonly device: string;
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly port: number;
  readonly isLocal: boolean;
  readonly isLocalOnDevice: boolean;
  readonly isLucky: boolean;
}

/** A condition of a rule, as iptables-save prints it, and what it means. */
interface Condition {
  readonly text: string;
  fits(packet: Packet): boolean;
}

const when = (text: string, fits: Condition['fits']): Condition => ({ text, fits });
const not = ({ text, fits }: Condition) => when(`! ${text}`, (packet) => !fits(packet));

const devices = ['br0', 'eth0'];
const sources = ['10.0.0.0/8', '198.51.100.0/24'];
const destinations = ['192.0.2.1/32', '192.0.2.2/32', '192.0.2.3/32'];
const ports = [7, 80, 85, 443];

/** A condition, sometimes the opposite, or none. */
function maybe(all: fc.Arbitrary<Condition>): fc.Arbitrary<readonly Condition[]> {
  const some = fc.tuple(all, fc.nat({ max: 3 })).map(([one, way]) => [way === 0 ? not(one) : one]);
  return fc.oneof(fc.constant([]), some);
}

const device = fc.constantFrom(...devices, 'lo').map((name) => {
  return when(`-i ${name}`, (packet) => packet.device === name);
});
const source = fc.constantFrom(...sources, '127.0.0.0/8').map((network) => {
  return when(`-s ${network}`, (packet) => packet.source === network);
});
const destination = fc.constantFrom(...destinations).map((network) => {
  return when(`-d ${network}`, (packet) => packet.destination === network);
});
const portOf = (protocol: string) =>
  maybe(
    fc.constantFrom([80, 80], [443, 443], [80, 90]).map(([first = 0, last = 0]) => {
      const range = first === last ? `${first}` : `${first}:${last}`;
      return when(`--dport ${range}`, ({ port }) => first <= port && port <= last);
    }),
  ).map((port) => [
    when(`-p ${protocol}`, (packet) => packet.protocol === protocol),
    ...(port.length === 0 ? [] : [when(`-m ${protocol}`, () => true), ...port]),
  ]);
const protocol = fc.oneof(
  fc.constant([]),
  fc.constant([not(when('-p udp', (packet) => packet.protocol === 'udp'))]),
  portOf('tcp'),
  portOf('udp'),
);
const local = fc
  .tuple(maybe(fc.constant(when('--dst-type LOCAL', ({ isLocal }) => isLocal))), fc.nat({ max: 4 }))
  .map(([type, limit]) => {
    const onDevice = when('--limit-iface-in', ({ isLocalOnDevice }) => isLocalOnDevice);
    const isLimited = limit === 0 && type[0]?.text.startsWith('!') === false;
    const conditions = [...type, ...(isLimited ? [onDevice] : [])];
    return type.length === 0 ? [] : [when('-m addrtype', () => true), ...conditions];
  });
const limit = fc.constantFrom<readonly Condition[]>(...[[], [], [], []], [
  when('-m limit --limit 3/sec', ({ isLucky }) => isLucky),
]);

interface Rule {
  readonly conditions: readonly Condition[];
  /** `DNAT`, an end, or a chain to jump to; `goto B`. */
  readonly target: string;
}

const ruleWith = (...targets: readonly string[]): fc.Arbitrary<Rule> =>
  fc.record({
    conditions: fc
      .tuple(maybe(device), maybe(source), maybe(destination), protocol, local, limit)
      .map((parts) => parts.flat()),
    target: fc.constantFrom('RETURN', 'ACCEPT', 'DROP', 'DNAT', 'DNAT', 'DNAT', ...targets),
  });
const chainOf = (...targets: readonly string[]) =>
  fc.array(ruleWith(...targets), { minLength: 1, maxLength: 4 });
const chains = fc.record({
  PREROUTING: chainOf('A', 'A', 'B', 'goto B'),
  A: chainOf('B'),
  B: chainOf(),
});

const packet: fc.Arbitrary<Packet> = fc
  .record({
    device: fc.constantFrom(...devices),
    source: fc.constantFrom(...sources),
    destination: fc.constantFrom(...destinations),
    protocol: fc.constantFrom('tcp', 'udp'),
    port: fc.constantFrom(...ports),
    isLocal: fc.boolean(),
    isLocalOnDevice: fc.boolean(),
    isLucky: fc.boolean(),
  })
  .map((one) => ({ ...one, isLocalOnDevice: one.isLocal && one.isLocalOnDevice }));

type Chains = Readonly<Record<string, readonly Rule[]>>;

/** Each DNAT rule has an address of its own. */
function addressOf(chain: string, at: number): string {
  return `172.17.${chain.charCodeAt(0)}.${at + 1}`;
}

function textOf(all: Chains): string {
  const lines = Object.entries(all).flatMap(([chain, rules]) =>
    rules.map(({ conditions, target }, at) => {
      const action =
        target === 'DNAT'
          ? `-j DNAT --to-destination ${addressOf(chain, at)}:80`
          : target.startsWith('goto ')
            ? `-g ${target.slice(5)}`
            : `-j ${target}`;
      return ['-A', chain, ...conditions.map(({ text }) => text), action].join(' ');
    }),
  );
  return `*nat\n${lines.join('\n')}\nCOMMIT\n`;
}

/** Where the rules of a chain send a packet; null: nowhere else; undefined: the chain that called it goes on. */
function sentTo(all: Chains, chain: string, one: Packet): string | null | undefined {
  for (const [at, { conditions, target }] of (all[chain] ?? []).entries()) {
    if (!conditions.every(({ fits }) => fits(one))) continue;
    if (target === 'DNAT') return addressOf(chain, at);
    if (target === 'RETURN') return undefined;
    if (target === 'ACCEPT' || target === 'DROP') return null;
    const answer = sentTo(all, target.replace('goto ', ''), one);
    if (answer !== undefined || target.startsWith('goto ')) return answer;
  }
  return undefined;
}

function isFor({ protocol, ports, destination, isOwn }: PortRule, one: Packet): boolean {
  return (
    !isOwn &&
    (protocol === null || protocol === one.protocol) &&
    (ports === null || ports.some(({ first, last }) => first <= one.port && one.port <= last)) &&
    (destination === null || destination === '0.0.0.0/0' || destination === one.destination)
  );
}

it('whatever the rules, where a packet is sent is among the ports that are published', () => {
  fc.assert(
    fc.property(chains, fc.array(packet, { minLength: 20, maxLength: 20 }), (all, packets) => {
      const { rules } = parseIptables(textOf(all));
      for (const one of packets) {
        const address = sentTo(all, 'PREROUTING', one);
        if (address === null || address === undefined) continue;
        expect(rules.filter((rule) => rule.address === address && isFor(rule, one))).not.toEqual(
          [],
        );
      }
    }),
    { numRuns: 3000 },
  );
});

it('what a chain returns reaches the rules behind the jump', () => {
  const { rules } = parseIptables(`*nat
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A PREROUTING -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.3:80
-A DOCKER -s 10.0.0.0/8 -j RETURN
-A DOCKER -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
COMMIT
`);
  expect(rules.map(({ address }) => address)).toEqual(['172.17.0.2', '172.17.0.3']);
});
