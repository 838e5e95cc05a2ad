import { describe, expect, it } from 'vitest';
import { parseNftables } from '../../../../src/sources/linux/exposure/nftables.ts';
import { addressesBesides, publishedBy } from '../../../../src/sources/linux/exposure/port-rule.ts';

const place = { family: 'ip', table: 'nat' };
const chain = (name: string, hook: object = {}) => ({ chain: { ...place, name, ...hook } });
const entry = chain('prerouting', { type: 'nat', hook: 'prerouting', prio: -100 });
const rule = (chain: string, ...expr: object[]) => ({ rule: { ...place, chain, handle: 1, expr } });
const dport = (right: unknown, protocol = 'tcp') => ({
  match: { op: '==', left: { payload: { protocol, field: 'dport' } }, right },
});
const daddr = (right: unknown) => ({
  match: { op: '==', left: { payload: { protocol: 'ip', field: 'daddr' } }, right },
});
const header = (protocol: string, field: string, right: unknown) => ({
  match: { op: '==', left: { payload: { protocol, field } }, right },
});
const l4 = (right: unknown) => ({ match: { op: '==', left: { meta: { key: 'l4proto' } }, right } });
const dnat = (addr: unknown, port?: unknown) => ({
  dnat: { addr, ...(port !== undefined && { port }) },
});

const fib = (...flags: string[]) => ({
  match: {
    op: '==',
    left: { fib: { result: 'type', flags: ['daddr', ...flags] } },
    right: 'local',
  },
});

const read = (...items: object[]) => parseNftables(JSON.stringify({ nftables: [entry, ...items] }));

const meta = (key: string, right: unknown) => ({
  match: { op: '==', left: { meta: { key } }, right },
});
const saddr = (right: unknown) => ({
  match: { op: '==', left: { payload: { protocol: 'ip', field: 'saddr' } }, right },
});

describe('rules for own packets', () => {
  const ports = (...items: object[]) =>
    publishedBy(read(...items)?.rules ?? []).map(
      ({ hostAddress, hostPort }) => `${hostAddress ?? '*'}:${hostPort}`,
    );
  const to = dnat('10.0.0.2', 80);

  it('publish ports of loopback alone', () => {
    const output = chain('output', { type: 'nat', hook: 'output', prio: -100 });
    expect(ports(output, rule('output', dport(81), to))).toEqual(['127.0.0.1:81']);
    const addressed = rule('output', daddr('192.0.2.1'), dport(82), to);
    expect(ports(output, addressed)).toEqual([]);
    const shared = rule('both', dport(83), to);
    const jump = { jump: { target: 'both' } };
    expect(ports(output, rule('prerouting', jump), rule('output', jump), shared)).toEqual(['*:83']);
  });

  it.each<[string, object, boolean]>([
    ['iifname', meta('iifname', 'lo'), true],
    ['iif', meta('iif', 'lo'), true],
    ['iiftype', meta('iiftype', 'loopback'), true],
    ['a set of it alone', meta('iifname', { set: ['lo'] }), true],
    ['a set', meta('iifname', { set: ['lo', 'eth0'] }), false],
    ['another interface', meta('iifname', 'eth0'), false],
    ['all others', { match: { ...meta('iifname', 'lo').match, op: '!=' } }, false],
    ['where packets leave', meta('oifname', 'lo'), false],
    ['a source', saddr({ prefix: { addr: '127.0.0.0', len: 8 } }), true],
    ['another source', saddr({ prefix: { addr: '10.0.0.0', len: 8 } }), false],
  ])('are recognized by %s: %j', (_, match, expected) => {
    const found = ports(rule('prerouting', match, dport(81), to));
    expect(found).toEqual([expected ? '127.0.0.1:81' : '*:81']);
  });

  it('follow a chain that two chains of a hook share for each of them', () => {
    const second = chain('later', { type: 'nat', hook: 'prerouting', prio: -90 });
    const jump = { jump: { target: 'both' } };
    const accepts = [
      second,
      rule('prerouting', jump),
      rule('later', jump),
      rule('later', dport(81), to),
      rule('later', dport(82), to),
      rule('both', dport(81), { accept: null }),
    ];
    expect(ports(...accepts)).toEqual(['*:82']);
  });

  // What an earlier hook's chain has dropped or redirected no later one sees, in the family of that chain.
  it.each<[string, string, object, readonly string[]]>([
    ['drops', 'ip', { drop: null }, []],
    ['drops', 'inet', { drop: null }, []],
    ['drops', 'ip6', { drop: null }, ['*:81']],
    ['accepts', 'ip', { accept: null }, ['*:81']],
  ])('follow a chain behind one that %s packets of %s', (_, family, verdict, expected) => {
    const first = {
      family,
      table: 'first',
      name: 'pre',
      type: 'nat',
      hook: 'prerouting',
      prio: -200,
    };
    const taking = { family, table: 'first', chain: 'pre', handle: 1, expr: [dport(81), verdict] };
    expect(ports({ chain: first }, { rule: taking }, rule('prerouting', dport(81), to))).toEqual(
      expected,
    );
  });

  it('follow the chains of a hook by their priorities, whatever their order', () => {
    const first = { ...place, name: 'pre', type: 'nat', hook: 'prerouting', prio: -200 };
    const drop = { ...place, chain: 'pre', handle: 1, expr: [dport(81), { drop: null }] };
    const later = rule('prerouting', dport(81), to);
    expect(ports(later, { chain: first }, { rule: drop })).toEqual([]);
    expect(ports(later, { chain: { ...first, prio: 0 } }, { rule: drop })).toEqual(['*:81']);
  });

  it('of IPv6 are followed behind a chain that drops packets of IPv4', () => {
    const first = { table: 'first', name: 'pre', type: 'nat', hook: 'prerouting', prio: -200 };
    const taking = { table: 'first', chain: 'pre', handle: 1, expr: [dport(81), { drop: null }] };
    const of = (family: string) =>
      ports(
        { chain: { ...first, family } },
        { rule: { ...taking, family } },
        rule('prerouting', dport(81), dnat('fd00::2', 80)),
      );
    expect([of('ip'), of('ip6'), of('inet')]).toEqual([['*:81'], [], []]);
  });

  it.each<[string, unknown, readonly string[]]>([
    ['none', undefined, ['*:81']],
    ['dormant', 'dormant', []],
    ['dormant in a list', ['owner', 'dormant'], []],
    ['owner', ['owner'], ['*:81']],
    ['its name, as nft 1.0.6 prints', 'nat', []],
  ])('and those of a dormant table: flags %s', (_, flags, expected) => {
    const table = { table: { family: 'ip', name: 'nat', ...(flags !== undefined && { flags }) } };
    const text = JSON.stringify({
      nftables: [table, entry, rule('prerouting', dport(81), to)],
    });
    const found = publishedBy(parseNftables(text)?.rules ?? []);
    expect(found.map(({ hostPort }) => `*:${hostPort}`)).toEqual(expected);
  });
});

describe('parseNftables', () => {
  const cases: readonly (readonly [string, readonly object[], readonly string[]])[] = [
    [
      'a port',
      [rule('prerouting', dport(8080), dnat('10.0.0.2', 80))],
      ['tcp *:8080 → 10.0.0.2:80'],
    ],
    [
      'a port of one address, which keeps its number',
      [rule('prerouting', daddr('192.0.2.1'), dport(443), dnat('10.0.0.3'))],
      ['tcp 192.0.2.1:443 → 10.0.0.3:443'],
    ],
    [
      'a set with a range in it',
      [rule('prerouting', dport({ set: [80, { range: [90, 91] }] }), dnat('10.0.0.3'))],
      ['tcp *:80 → 10.0.0.3:80', 'tcp *:90 → 10.0.0.3:90', 'tcp *:91 → 10.0.0.3:91'],
    ],
    [
      'a range that leads to one port, and a port that leads to a range',
      [
        rule('prerouting', dport({ range: [90, 91] }), dnat('10.0.0.3', 80)),
        rule('prerouting', dport(70), dnat('10.0.0.4', { range: [80, 81] })),
      ],
      [
        ...['tcp *:90 → 10.0.0.3:80', 'tcp *:91 → 10.0.0.3:80'],
        ...['tcp *:70 → 10.0.0.4:80', 'tcp *:70 → 10.0.0.4:81'],
      ],
    ],
    [
      'a chain that another leads to, as of Podman',
      [
        rule('prerouting', { jump: { target: 'HOSTPORT' } }),
        rule('HOSTPORT', { goto: { target: 'DN' } }),
        rule('DN', l4('udp'), dport(53, 'th'), dnat('10.0.0.2', 5353)),
      ],
      ['udp *:53 → 10.0.0.2:5353'],
    ],
    ['IPv6', [rule('prerouting', dport(80), dnat('fd00::2', 8080))], ['tcp *:80 → fd00::2:8080']],
    [
      'a network',
      [
        rule(
          'prerouting',
          daddr({ prefix: { addr: '192.0.2.0', len: 24 } }),
          dport(1),
          dnat('10.0.0.2'),
        ),
      ],
      [],
    ],
    ['a chain of nobody', [rule('lost', dport(1), dnat('10.0.0.2'))], []],
    ...(
      [
        ['nothing further', [], [], false],
        ['the same interface', [meta('iifname', 'eth0')], [meta('iifname', 'eth0')], false],
        ['the same number of one', [meta('iif', 'eth0')], [meta('iif', 'eth0')], false],
        ['the same type of one', [meta('iiftype', 'ether')], [meta('iiftype', 'ether')], false],
        ['the same group of them', [meta('iifgroup', 7)], [meta('iifgroup', 7)], false],
        ['another interface', [meta('iifname', 'eth0')], [meta('iifname', 'eth1')], true],
        ['any interface', [meta('iifname', 'eth0')], [], true],
        ['a named set', [meta('iifname', '@all')], [meta('iifname', '@all')], true],
        [
          'a named set among others',
          [meta('iifname', { set: ['eth0', '@all'] })],
          [meta('iifname', { set: ['eth0', '@all'] })],
          true,
        ],
        ['a mark', [meta('mark', 1)], [meta('mark', 1)], true],
        ['a type by the mark', [fib('mark')], [fib('mark')], true],
        ['a limit', [{ limit: { rate: 1 } }], [{ limit: { rate: 1 } }], true],
      ] as const
    ).map(
      ([name, first, then, isPublished]) =>
        [
          `a return before, behind a jump for this host, for ${name}`,
          [
            rule('prerouting', fib(), { jump: { target: 'Q' } }),
            rule('Q', ...first, dport(80), { return: null }),
            rule('Q', ...then, dport(80), dnat('10.0.0.2')),
          ],
          isPublished ? ['tcp *:80 → 10.0.0.2:80'] : [],
        ] as const,
    ),
    ...(
      [
        ['its name', l4('udp'), ['udp']],
        ['the field of IPv4', header('ip', 'protocol', 'udp'), ['udp']],
        ['the field of IPv6', header('ip6', 'nexthdr', 'udp'), ['udp']],
        ['a number that has no name', l4(132), []],
        ['a set with one that has ports', l4({ set: ['icmp', 'udp'] }), ['udp']],
        ['a set of those that have none', l4({ set: ['icmp', 'esp'] }), []],
        ['a set of both', l4({ set: ['tcp', 'udp'] }), ['tcp', 'udp']],
        ['an empty set', l4({ set: [] }), ['tcp', 'udp']],
        ['a named set', l4('@transport'), ['tcp', 'udp']],
      ] as const
    ).map(
      ([name, match, protocols]) =>
        [
          `a port of the protocols that match ${name}`,
          [rule('prerouting', match, dport(53, 'th'), dnat('10.0.0.2'))],
          protocols.map((protocol) => `${protocol} *:53 → 10.0.0.2:53`),
        ] as const,
    ),
    [
      'a type of the source, which says nothing of where packets go',
      [
        rule(
          'prerouting',
          {
            match: {
              op: '!=',
              left: { fib: { result: 'type', flags: ['saddr'] } },
              right: 'local',
            },
          },
          dport(80),
          dnat('10.0.0.2'),
        ),
      ],
      ['tcp *:80 → 10.0.0.2:80'],
    ],
    [
      'what is no rule of ports',
      [rule('prerouting', { counter: { packets: 1 } }, { accept: null })],
      [],
    ],
  ];
  it.each(cases)('%s', (_, items, expected) => {
    const ruleset = read(...items);
    expect(ruleset?.isWhole).toBe(true);
    const published = publishedBy(ruleset?.rules ?? []).map(
      ({ protocol, hostAddress, hostPort, address, port }) =>
        `${protocol} ${hostAddress ?? '*'}:${hostPort} → ${address}:${port}`,
    );
    expect(published).toEqual(expected);
  });

  it.each([
    ['a map of addresses', rule('prerouting', dport(1), dnat({ map: { key: 1, data: '@m' } }))],
    ['a choice of chains', rule('prerouting', { vmap: { key: 1, data: '@m' } })],
    ['a set by its name', rule('prerouting', dport('@web'), dnat('10.0.0.2', 80))],
    ['an address that is none', rule('prerouting', dport(1), dnat('example.org'))],
  ])('reports that it does not understand %s', (_, item) => {
    expect(read(item)).toMatchObject({ rules: [], isWhole: false });
  });

  it.each([
    ['of every port', rule('prerouting', daddr('192.0.2.1'), dnat('10.0.0.2'))],
    [
      'of too many ports to too many',
      rule('prerouting', dport({ range: [1, 100] }), dnat('10.0.0.2', { range: [1000, 1999] })),
    ],
    ['of almost every port', rule('prerouting', dport({ range: [1, 65_535] }), dnat('10.0.0.2'))],
    [
      'of a network',
      rule(
        'prerouting',
        daddr({ prefix: { addr: '192.0.2.0', len: 24 } }),
        dport(1),
        dnat('10.0.0.2'),
      ),
    ],
  ])('knows the address that a rule %s leads to', (_, item) => {
    expect(addressesBesides(read(item)?.rules ?? [])).toEqual(new Set(['10.0.0.2']));
  });

  it.each([
    ['of a port', rule('prerouting', dport(1), dnat('10.0.0.2'))],
    ['for own packets alone', rule('prerouting', meta('iifname', 'lo'), dnat('10.0.0.2'))],
    ['of a protocol without ports', rule('prerouting', l4('icmp'), dnat('10.0.0.2'))],
  ])('knows no such address of a rule %s', (_, item) => {
    const { rules = [] } = read(item) ?? {};
    expect(rules).toHaveLength(1);
    expect(addressesBesides(rules)).toEqual(new Set());
  });

  it.each<[string, unknown, object[], boolean]>([
    ['another destination', 'daddr', [], false],
    ['another destination, and counts', 'daddr', [{ counter: { packets: 0 } }], false],
    ['another source', 'saddr', [], true],
  ])('rules without NAT may give packets %s', (_, field, further, isWhole) => {
    const mangle = { mangle: { key: { payload: { protocol: 'ip', field } }, value: '10.0.0.2' } };
    const one = rule('other', mangle, ...further);
    expect(read(one)?.isWhole).toBe(isWhole);
    const dormant = { table: { family: 'ip', name: 'nat', flags: ['dormant'] } };
    expect(parseNftables(JSON.stringify({ nftables: [dormant, one] }))?.isWhole).toBe(true);
  });

  it('knows the families in which iptables may have its table for NAT', () => {
    const table = (family: string, name: string) => ({ table: { family, name, handle: 1 } });
    const others = [table('inet', 'nat'), table('ip', 'filter'), table('arp', 'nat')];
    expect(read(...others)?.iptablesNat).toEqual(new Set());
    expect(read(...others, table('ip6', 'nat'))?.iptablesNat).toEqual(new Set(['ip6']));
    expect(read(table('ip', 'nat'))?.iptablesNat).toEqual(new Set(['ip']));
  });

  it('reports that iptables has rules there', () => {
    const xt = { xt: { type: 'target', name: 'DNAT' } };
    expect(read(rule('prerouting', dport(1), xt))).toMatchObject({
      ...{ ofIptables: new Set(['ip']), rules: [] },
    });
    expect(read(rule('prerouting', dport(1)))).toMatchObject({ ofIptables: new Set() });
  });

  it.each(['', 'nonsense', '[]', '{}', '{"nftables":3}', 'null'])('%j is no answer', (text) => {
    expect(parseNftables(text)).toBe(null);
  });

  it('passes over what has another form', () => {
    const odd = [
      3,
      null,
      {},
      { rule: 7 },
      { rule: { expr: 'x' } },
      { rule: { ...place, expr: [1, null, { match: 4 }, { match: {} }] } },
    ];
    expect(parseNftables(JSON.stringify({ nftables: odd }))?.rules).toEqual([]);
  });
});
