import type { ConntrackDrops, Fill } from '../../model/machine/system-facts.ts';
import { counted, countText } from '../../text/counted.ts';
import { check } from './check.ts';
import { percent, reachesShare } from './numbers.ts';

/** The table in which the firewall tracks connections. */
export const conntrackTable = check({
  name: 'conntrack-table',
  summary: "the firewall's connection table is full or nearly full",
  text: {
    meaning:
      'Once the table is full, the first packet of each new connection is dropped, for all programs and routed traffic: connects time out, and servers log nothing.',
    found: [
      [
        'critical',
        'The table of a network namespace is full (nf_conntrack_count has reached nf_conntrack_max), or so nearly that packets were dropped for lack of room between the two readings. These are `drop` of /proc/net/stat/nf_conntrack without `insert_failed`, which counts packets of one connection that raced.',
      ],
      ['warning', 'It has reached `full` percent of its limit.'],
      [
        'warning',
        'Packets were dropped although it has room (the first network of the machine may have a lower limit), or connections were removed early to make room (`early_drop`).',
      ],
    ],
    silent: 'Without connection tracking there is no such table.',
    remedy:
      'See what fills it (`conntrack -L`). Then raise net.netfilter.nf_conntrack_max, shorten its time-outs, or exclude traffic from tracking (`notrack`).',
  },
  about: 'network',
  thresholds: { full: { value: 80, unit: '%', meaning: 'of the maximum number of entries' } },
  needs: {
    protocols: [],
    twoReadings: true,
    facts: ['conntrack'],
    usefulFacts: ['conntrackDrops'],
  },
  find({ system, before, seconds }, { full }) {
    const { conntrack, conntrackDrops } = system.values;
    if (!conntrack) return [];
    const { count, limit } = conntrack;
    const then = before?.system.values.conntrackDrops ?? null;
    const since = (of: (drops: ConntrackDrops) => number) =>
      !conntrackDrops || then === null ? null : Math.max(0, of(conntrackDrops) - of(then));
    const [dropped, forgotten] = [since(withoutRoom), since((drops) => drops.forgotten)];
    const isDropping = (dropped ?? 0) > 0;
    const isForgetting = (forgotten ?? 0) > 0;
    const isFull = limit > 0 && count >= limit;
    const isNear = (fill: Fill | null | undefined) =>
      !!fill && fill.limit > 0 && reachesShare(fill.count, fill.limit, full);
    if (!isDropping && !isForgetting && !isNear(conntrack)) return [];
    const hasRoom = !isForgetting && !isNear(conntrack) && !isNear(before?.system.values.conntrack);
    return [
      {
        severity: isFull || (isDropping && !hasRoom) ? 'critical' : 'warning',
        certainty: hasRoom ? 'worth a look' : 'sure',
        title: `the firewall's table of connections is ${isFull ? 'full' : `${percent(count, limit)} % full`}`,
        observations: [
          `${counted(count, 'connection')} of at most ${countText(limit)} ${count === 1 ? 'is' : 'are'} tracked.`,
          ...(isDropping
            ? [
                `${counted(dropped ?? 0, 'packet')} ${hasRoom ? '' : 'found no room and '}${dropped === 1 ? 'was' : 'were'} dropped within ${seconds.toFixed(1)} s${hasRoom ? ", although there is room: the limit of the machine's first network may be lower, or they did not fit their connections" : ''}.`,
              ]
            : []),
          ...(isForgetting
            ? [
                `${counted(forgotten ?? 0, 'connection')} ${forgotten === 1 ? 'was' : 'were'} forgotten early within ${seconds.toFixed(1)} s to make room.`,
              ]
            : []),
        ],
        seen: {
          ...{ count, limit, dropped, forgotten },
          droppedSinceBoot: conntrackDrops ? Math.max(0, withoutRoom(conntrackDrops)) : null,
        },
        sockets: [],
        why: 'Once the table is full, the first packet of each new connection is dropped, for all programs and routed traffic: connects time out, and servers log nothing. The kernel log says "nf_conntrack: table full, dropping packet".',
        remedy: `See what fills it: \`conntrack -L | awk '{print $1, $4}' | sort | uniq -c\`. Raise the limit with \`sysctl -w net.netfilter.nf_conntrack_max=${limit * 2}\` (about 300 bytes each; in the machine's first network namespace), shorten nf_conntrack_tcp_timeout_established (5 days), or exclude traffic that needs no tracking with a \`notrack\` rule.`,
        command: null,
      },
    ];
  },
});

/** Packets dropped because the table was full: a failed insertion counts as dropped too (nf_ct_resolve_clash). */
function withoutRoom({ dropped, failed }: ConntrackDrops): number {
  return dropped - failed;
}
