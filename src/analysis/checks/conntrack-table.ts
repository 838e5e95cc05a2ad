import { counted, countText } from '../../text/counted.ts';
import { check } from './check.ts';
import { percent } from './words.ts';

/** The table in which the firewall tracks connections. */
export const conntrackTable = check({
  name: 'conntrack-table',
  summary: "the firewall's connection table is full or nearly full",
  details:
    'A network namespace whose nf_conntrack_count is at least `full` percent of nf_conntrack_max: a warning, or critical if the table is full or packets were dropped for that reason between the two readings (`drop` of /proc/net/stat/nf_conntrack). Connections removed early to make room (`early_drop`) are also a warning. Without connection tracking there is no such table.',
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
    const since = (what: 'dropped' | 'forgotten') =>
      !conntrackDrops || then === null ? null : Math.max(0, conntrackDrops[what] - then[what]);
    const [dropped, forgotten] = [since('dropped'), since('forgotten')];
    const isDropping = (dropped ?? 0) > 0;
    const isForgetting = (forgotten ?? 0) > 0;
    const isFull = limit > 0 && count >= limit;
    if (!isDropping && !isForgetting && (limit <= 0 || count * 100 < limit * full)) return [];
    return [
      {
        severity: isDropping || isFull ? 'critical' : 'warning',
        certainty: 'sure',
        title: `the firewall's table of connections is ${isFull ? 'full' : `${percent(count, limit)} % full`}`,
        observations: [
          `${counted(count, 'connection')} of at most ${countText(limit)} ${count === 1 ? 'is' : 'are'} tracked.`,
          ...(isDropping
            ? [
                `${counted(dropped ?? 0, 'packet')} found no room and ${dropped === 1 ? 'was' : 'were'} dropped within ${seconds.toFixed(1)} s.`,
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
          droppedSinceBoot: conntrackDrops?.dropped ?? null,
        },
        sockets: [],
        why: 'Once the table is full, the first packet of each new connection is dropped, for all programs and routed traffic: connects time out, and servers log nothing. The kernel log says "nf_conntrack: table full, dropping packet".',
        remedy: `See what fills it: \`conntrack -L | awk '{print $1, $4}' | sort | uniq -c\`. Raise the limit with \`sysctl -w net.netfilter.nf_conntrack_max=${limit * 2}\` (about 300 bytes each; in the machine's first network namespace), shorten nf_conntrack_tcp_timeout_established (5 days), or exclude traffic that needs no tracking with a \`notrack\` rule.`,
        command: null,
      },
    ];
  },
});
