import { check } from './check.ts';
import { grown } from './counters.ts';
import { counting, percent } from './words.ts';

/** The memory of all TCP sockets near its limit. */
export const tcpMemory = check({
  name: 'tcp-memory',
  summary: 'memory of all TCP sockets near the limits of net.ipv4.tcp_mem',
  details:
    "What TCP's sockets hold together (`mem` of /proc/net/sockstat) beyond the second number of net.ipv4.tcp_mem, from where on the kernel holds memory back: a warning, and critical beyond `full` percent of the third. Also where the kernel threw away what it had received between the two readings, for want of memory (`TCPRcvQDrop`, `RcvPruned`).",
  about: 'machine',
  thresholds: {
    full: { value: 95, unit: '%', meaning: 'of the third number, and it is critical' },
  },
  needs: { protocols: [], facts: ['tcpUse', 'tcpMemoryLimits'], counters: true, twoReadings: true },
  find(evidence, { full }) {
    const { tcpUse, tcpMemoryLimits: limits } = evidence.system.values;
    if (!tcpUse || !limits) return [];
    const { memoryPages: pages } = tcpUse;
    const thrown = Math.max(
      grown(evidence, 'TcpExt', 'TCPRcvQDrop') ?? 0,
      grown(evidence, 'TcpExt', 'RcvPruned') ?? 0,
    );
    if (pages < limits.pressure && thrown === 0) return [];
    const isFull = pages * 100 >= limits.high * full;
    return [
      {
        severity: isFull || thrown > 0 ? 'critical' : 'warning',
        certainty: 'sure',
        title:
          pages < limits.pressure
            ? 'received data is thrown away for want of memory'
            : `TCP sockets hold ${percent(pages, limits.high)} % of the memory that they may have`,
        observations: [
          `They hold ${counting(pages, 'page')}; from ${limits.pressure.toLocaleString('en')} on memory is held back, and ${limits.high.toLocaleString('en')} is the end.`,
          ...(thrown > 0
            ? [
                `The kernel threw away ${counting(thrown, 'segment')} that it had received within ${evidence.seconds.toFixed(1)} s.`,
              ]
            : []),
        ],
        seen: { pages, pressure: limits.pressure, high: limits.high, thrown },
        sockets: [],
        why: 'Under pressure windows shrink and every connection gets slower; at the limit the kernel drops received data and resets sockets without a program.',
        remedy:
          'Find out which sockets hold it: queues that do not move (`tsnetstat --diagnose stuck-queues`), or programs with very many connections. Smaller net.ipv4.tcp_rmem and tcp_wmem bound each socket; net.ipv4.tcp_mem (pages) all of them, where the machine has memory to spare.',
        command: ['-tanp', '--socket-info', '--sort', '-recvq,-sendq'],
      },
    ];
  },
});
