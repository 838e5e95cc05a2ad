import { counted, countText } from '../../text/counted.ts';
import { check } from './check.ts';
import { counterValue, grown } from './counters.ts';
import { percent, reachesShare } from './numbers.ts';

/** Sockets without a program, near the kernel's limit. */
export const orphanLimit = check({
  name: 'orphan-limit',
  summary: 'sockets without a program near net.ipv4.tcp_max_orphans',
  text: {
    meaning:
      'Orphans are sockets not fully closed that no program holds any more. At the limit the kernel resets them, and clients get truncated answers.',
    found: [
      [
        'critical',
        'The limit net.ipv4.tcp_max_orphans is reached, or the kernel reset connections for lack of memory between the two readings (`TCPAbortOnMemory`).',
      ],
      ['warning', 'Orphans reach `full` percent of the limit.'],
    ],
    remedy:
      'See which states they are in (`tsnetstat -tan state fin-wait-1`, `state last-ack`): peers disappear, or a flood opens connections and abandons them. A lower net.ipv4.tcp_orphan_retries ends them sooner.',
  },
  about: 'machine',
  thresholds: { full: { value: 70, unit: '%', meaning: 'of the limit is reached' } },
  needs: { protocols: [], facts: ['tcpUse', 'orphanLimit'], counters: true, twoReadings: true },
  find(evidence, { full }) {
    const { tcpUse, orphanLimit: limit } = evidence.system.values;
    if (!tcpUse || !limit) return [];
    const { orphans } = tcpUse;
    const reset = grown(evidence, 'TcpExt', 'TCPAbortOnMemory') ?? 0;
    if (!reachesShare(orphans, limit, full) && reset === 0) return [];
    const total = counterValue(evidence, 'TcpExt', 'TCPAbortOnMemory') ?? 0;
    return [
      {
        severity: orphans >= limit || reset > 0 ? 'critical' : 'warning',
        certainty: 'sure',
        title: `${counted(orphans, 'socket')} without a program, of ${countText(limit)} at most (${percent(orphans, limit)} %)`,
        observations: [
          ...(reset > 0
            ? [
                `The kernel reset ${counted(reset, 'connection')} for lack of memory within ${evidence.seconds.toFixed(1)} s.`,
              ]
            : []),
          `${counted(total, 'connection')} ${total === 1 ? 'was' : 'were'} reset for that reason since the network came up.`,
        ],
        seen: { orphans, limit, reset },
        sockets: [],
        why: 'At the limit the kernel resets connections whose last data may not have arrived: clients get truncated answers.',
        remedy:
          'Check their states (`tsnetstat -tan state fin-wait-1`, `state last-ack`): either peers disappear, or a flood opens connections and abandons them. A lower net.ipv4.tcp_orphan_retries ends them sooner; a higher net.ipv4.tcp_max_orphans costs up to 64 KiB each.',
        command: ['-tano', 'state', 'fin-wait-1', 'state', 'last-ack', 'state', 'closing'],
      },
    ];
  },
});
