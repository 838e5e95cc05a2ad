import type { Counter } from '../../../../model/machine/counter.ts';
import { icmp, icmp6 } from './icmp.ts';
import { icmp6Types, icmpTypes } from './icmp-types.ts';
import { ip } from './ip.ts';
import { ipExt } from './ip-ext.ts';
import { ip6 } from './ip6.ts';
import { mptcpExt } from './mptcp-ext.ts';
import { sctp } from './sctp.ts';
import { tcp } from './tcp.ts';
import { tcpExt } from './tcp-ext.ts';
import { udp } from './udp.ts';

/** What each counter counts, in our own words, by group and MIB name. */
const meanings = new Map<string, Readonly<Record<string, string>>>(
  Object.entries({
    Ip: ip,
    IpExt: ipExt,
    Ip6: ip6,
    Icmp: icmp,
    Icmp6: icmp6,
    Tcp: tcp,
    TcpExt: tcpExt,
    MPTcpExt: mptcpExt,
    Sctp: sctp,
    Udp: udp,
    UdpLite: udp,
    Udp6: udp,
    UdpLite6: udp,
  }),
);

/** Values that can decrease, and settings. */
const gauges = new Map<string, readonly string[]>([
  ['Ip', ['Forwarding', 'DefaultTTL']],
  ['Tcp', ['RtoAlgorithm', 'RtoMin', 'RtoMax', 'MaxConn', 'CurrEstab']],
  ['MPTcpExt', ['MPCurrEstab']],
  ['Sctp', ['CurrEstab']],
]);

/** What is known of a counter apart from its value. */
export function describeCounter(group: string, name: string): Pick<Counter, 'kind' | 'meaning'> {
  const known = meanings.get(group);
  const meaning = known !== undefined && Object.hasOwn(known, name) ? known[name] : undefined;
  return {
    kind: gauges.get(group)?.includes(name) ? 'gauge' : 'count',
    meaning: meaning ?? byType(group, name),
  };
}

/** IcmpMsg and Icmp6 count messages by type number: `InType3`. */
function byType(group: string, name: string): string | null {
  if (group !== 'IcmpMsg' && group !== 'Icmp6') return null;
  const [, way, digits] = /^(In|Out)Type(\d+)$/.exec(name) ?? [];
  if (way === undefined) return null;
  const type = Number(digits);
  const what = (group === 'Icmp6' ? icmp6Types : icmpTypes)[type] ?? 'not assigned';
  return `messages ${way === 'In' ? 'received' : 'sent'} of type ${type}: ${what}`;
}
