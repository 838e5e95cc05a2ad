import { counted, countText } from '../../text/counted.ts';
import { check } from './check.ts';
import { grown } from './counters.ts';
import { percent, reachesShare } from './numbers.ts';

/** The memory of all TCP sockets near its limit. */
export const tcpMemory = check({
  name: 'tcp-memory',
  summary: 'memory of all TCP sockets near the limits of net.ipv4.tcp_mem',
  text: {
    meaning:
      'Under pressure every connection gets slower; at the limit the kernel drops received data and resets connections.',
    found: [
      [
        'critical',
        'The memory of all TCP sockets (`mem` of /proc/net/sockstat) exceeds `full` percent of the third number of net.ipv4.tcp_mem.',
      ],
      [
        'critical',
        'The kernel discarded received data between the two readings (`TCPRcvQDrop`, `RcvPruned`), and the memory exceeded the second number in one of them.',
      ],
      ['warning', 'The memory exceeds the second number, beyond which the kernel restricts it.'],
    ],
    silent:
      'Discarded data while less memory is used: then the buffers of single sockets were full.',
    remedy:
      'Find the sockets that hold it: queues that do not move (`tsnetstat --diagnose stuck-queues`), or a program with very many connections. If the machine has memory to spare, raise net.ipv4.tcp_mem.',
  },
  about: 'machine',
  thresholds: {
    full: { value: 95, unit: '%', meaning: 'of the third number, for critical' },
  },
  needs: { protocols: [], facts: ['tcpUse', 'tcpMemoryLimits'], counters: true, twoReadings: true },
  find(evidence, { full }) {
    const { tcpUse, tcpMemoryLimits: limits } = evidence.system.values;
    if (!tcpUse || !limits) return [];
    const { memoryPages: pages } = tcpUse;
    const pagesBefore = evidence.before?.system.values.tcpUse?.memoryPages ?? 0;
    // Without pressure the kernel discards what exceeds the buffer of one socket.
    if (Math.max(pages, pagesBefore) < limits.pressure) return [];
    const thrown = Math.max(
      grown(evidence, 'TcpExt', 'TCPRcvQDrop') ?? 0,
      grown(evidence, 'TcpExt', 'RcvPruned') ?? 0,
    );
    if (pages < limits.pressure && thrown === 0) return [];
    const isFull = reachesShare(pages, limits.high, full);
    return [
      {
        severity: isFull || thrown > 0 ? 'critical' : 'warning',
        certainty: 'sure',
        title:
          pages < limits.pressure
            ? 'received data is discarded for lack of memory'
            : `TCP sockets hold ${percent(pages, limits.high)} % of their permitted memory`,
        observations: [
          `They hold ${counted(pages, 'page')}; from ${countText(limits.pressure)} on, memory is restricted; the limit is ${countText(limits.high)}.`,
          ...(thrown > 0
            ? [
                `The kernel discarded ${counted(thrown, 'received segment')} within ${evidence.seconds.toFixed(1)} s.`,
              ]
            : []),
        ],
        seen: { pages, pressure: limits.pressure, high: limits.high, thrown },
        sockets: [],
        why: 'Under pressure windows shrink and every connection gets slower; at the limit the kernel drops received data and resets sockets without a program.',
        remedy:
          'Find out which sockets hold it: queues that do not move (`tsnetstat --diagnose stuck-queues`), or programs with very many connections. Smaller net.ipv4.tcp_rmem and tcp_wmem limit each socket; net.ipv4.tcp_mem (pages) limits all of them; raise it if the machine has memory to spare.',
        command: ['-tanp', '--socket-info', '--sort', '-recvq,-sendq'],
      },
    ];
  },
});
