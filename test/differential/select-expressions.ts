import fc from 'fast-check';
import type { Table } from './select-ss.ts';

/** Expressions that ss and tsnetstat both read, by the table they are asked of. */
export const expressions: Readonly<Record<Table, readonly string[]>> = {
  tcp: [
    'sport = :22',
    'sport = 22',
    'sport 22',
    'sport :ssh',
    'sport == ssh',
    'sport eq :https',
    'sport = :www',
    'dport = :twice-second',
    'sport = 0x16',
    'sport != 22',
    'sport ne :22',
    'sport neq 22',
    'sport > 1024',
    'sport gt 41003',
    'sport < 22',
    'sport lt 443',
    'sport >= 8080',
    'sport ge 443',
    'sport geq 443',
    'sport <= 443',
    'sport le 22',
    'sport leq 22',
    'dport 0',
    'dport != 0',
    'dport > 41000',
    'sport = *',
    'dport = :*',
    'src 127.0.0.1',
    'src = 127.0.0.1',
    'src == 127.0.0.1:22',
    'src eq 127.0.0.1:ssh',
    'src 127.0.0.1:*',
    'src 127.0.0.0/8',
    'src 127/8',
    'src 198.18/15',
    'src 192.0.2.0/255.255.255.0',
    'src 127.0.0.0/8:22',
    'src any',
    'dst all:8443',
    'src 0.0.0.0',
    'src 0.0.0.0/0',
    'src [::]',
    'src [::/0]',
    'src [::1]',
    'src [::1]:22',
    'src [::1/128]',
    'src [fe80::/10]',
    'src [fe80::/10]:8443',
    'src 2001:db8::/32',
    'src [2001:db8::/32]:http',
    'src [2001:db8:feed::/64]',
    'dst [2001:db8:1111:2222:3333:4444:5555:6666]:50443',
    'src [::ffff:0:0/96]',
    'src [::ffff:127.0.0.1]',
    'dst 192.0.2.1',
    'dst 198.18.0.0/30',
    'dst 198.18.0.0/29',
    'dst *:443',
    'dst :444',
    'src *',
    'src *:*',
    'src inet:127.0.0.1',
    'src inet6:*',
    'src inet6:',
    'dst inet:',
    'not src 127.0.0.0/8',
    '! dst 198.18.0.0/15',
    'not not sport 22',
    'not ( sport gt 22 )',
    'exclude listening',
    'exclude established',
    'exclude established exclude listening',
    'exclude all state established',
    'state established',
    'state Established',
    'state syn-sent',
    'state syn-recv',
    'state fin-wait-1',
    'state fin-wait-2',
    'state time-wait',
    'state close-wait',
    'state last-ack',
    'state closing',
    'state listening',
    'state closed',
    'state close',
    'state unconnected',
    'state all',
    'state connected',
    'state synchronized',
    'state bucket',
    'state big',
    'state established state listening',
    'state connected exclude established',
    'state connected exclude synchronized',
    'state established sport = 22',
    'state established dport 443 or sport 22',
    'state established ( dport = :443 or sport = :ssh ) and not dst 127.0.0.0/8',
    'state all exclude bucket dst 198.18.0.0/15',
    'sport 22 or dport 22',
    'sport 22 | dport 22',
    'sport 22 || dport 22',
    'sport 22 & dport 0',
    'sport 22 && dport 0',
    'sport 22 dport 0',
    'sport ge 22 sport le 443',
    'sport 22 or sport gt 40000 and dport = 443',
    'sport gt 40000 and dport = 443 or sport 22',
    'dport 443 or sport 22 and sport 80',
    'dport 443 or ( sport 22 and sport 80 )',
    'sport 22 or ! dport 0 and sport 443',
    'not sport 22 or sport 22 and dport = 443',
    'not sport 22 not dport 0 not src 127.0.0.1',
    '( ( src 127.0.0.1 or src [::1] ) and ( dst 127.0.0.1 or dst [::1] ) )',
    'src 127.0.0.1 or src [::1]:443 or dport = 55555',
  ],
  udp: [
    'sport = :domain',
    'sport ntp',
    'dport = :53',
    'sport > 5000',
    'dport = 0',
    'dport != 0',
    'src 127.0.0.1',
    'src [::1]',
    'src [2001:db8::/32]',
    'dst 192.0.2.1',
    'dst 0.0.0.0',
    'dst [::]',
    'not src 127.0.0.0/8 and not dst [2001:db8::/32]',
    'state established',
    'state closed',
    'state unconnected',
    'state listening',
    'state connected',
    'state synchronized',
    'state big',
    'state bucket',
    'exclude unconnected',
    'exclude listening',
    'state established src 127.0.0.0/8',
    'src 127.0.0.1:123 or src [::1]:5353',
  ],
  raw: ['src 127.0.0.1', 'not src 192.0.2.0/24', 'state established', 'state closed', 'sport 89'],
  unix: [
    'src /mnt/*',
    'src /MNT/stream.sock',
    'src *.sock',
    'src unix:*.sock',
    'src @*',
    'src unix:*with*',
    'not src /mnt/*',
    'src /mnt/*.sock and not src *p*',
    'state listening',
    'exclude listening',
    'state listening src /mnt/*',
  ],
};

const comparisons = ['=', '!=', '<', '>', '<=', '>=', 'eq', 'ne', 'lt', 'gt', 'le', 'ge', ''];
const states = [
  'established',
  'listening',
  'time-wait',
  'connected',
  'big',
  'synchronized',
  'closed',
];

/**
 * Random expressions in the grammar that ss reads, about these addresses and ports.
 *
 * Where ss filters by itself, which it does for raw sockets, and for TCP and UDP after the kernel
 * has, it holds the first bits of an address against those of the other family: to it `not dst
 * 0.0.0.0` is untrue of a connection to ::1. tsnetstat does not mix up families, so addresses that
 * begin alike in both, with zeros, are left out here.
 */
export function randomExpression(
  addresses: readonly string[],
  ports: readonly number[],
): fc.Arbitrary<string> {
  const apart = addresses.filter((address) => address !== '0.0.0.0' && address !== '::');
  const address = fc.tuple(fc.constantFrom(...apart), fc.nat(3)).map(([text, kind]) => {
    const long = text.includes(':');
    if (kind < 2 || text.startsWith('::')) return long ? `[${text}]` : text;
    const length = long
      ? [16, 32, 64, 96, 128][text.length % 5]
      : [8, 15, 16, 24, 32][text.length % 5];
    return long ? `[${text}/${length}]` : `${text}/${length}`;
  });
  const port = fc.constantFrom(...ports);
  const condition = fc.oneof(
    fc
      .tuple(fc.constantFrom('sport', 'dport'), fc.constantFrom(...comparisons), port, fc.boolean())
      .map(([field, comparison, number, colon]) =>
        [field, comparison, `${colon ? ':' : ''}${number}`].filter((word) => word !== '').join(' '),
      ),
    fc
      .tuple(fc.constantFrom('src', 'dst'), fc.constantFrom('', '= ', '== '), address)
      .map(([field, comparison, text]) => `${field} ${comparison}${text}`),
    fc
      .tuple(fc.constantFrom('src', 'dst'), address, port)
      .map(([field, text, number]) => `${field} ${text}:${number}`),
  );
  const { sequence } = fc.letrec<{ factor: string; sequence: string }>((tie) => ({
    factor: fc.oneof(
      { maxDepth: 3 },
      { weight: 5, arbitrary: condition },
      {
        weight: 1,
        arbitrary: fc
          .tuple(fc.constantFrom('not', '!'), tie('factor'))
          .map(([not, factor]) => `${not} ${factor}`),
      },
      { weight: 2, arbitrary: tie('sequence').map((inner) => `( ${inner} )`) },
    ),
    sequence: fc
      .tuple(
        tie('factor'),
        fc.array(fc.tuple(fc.constantFrom('and', 'or', '&&', '||', '|', '&', ''), tie('factor')), {
          maxLength: 3,
        }),
      )
      .map(([first, rest]) =>
        [
          first,
          ...rest.flatMap(([joint, factor]) => (joint === '' ? [factor] : [joint, factor])),
        ].join(' '),
      ),
  }));
  const clauses = fc.oneof(
    { weight: 3, arbitrary: fc.constant('') },
    { weight: 1, arbitrary: fc.constantFrom(...states).map((name) => `state ${name} `) },
    { weight: 1, arbitrary: fc.constantFrom(...states).map((name) => `exclude ${name} `) },
  );
  return fc.tuple(clauses, sequence).map((parts) => parts.join(''));
}
