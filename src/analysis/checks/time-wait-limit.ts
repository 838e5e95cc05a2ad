import { counted, countText } from '../../text/counted.ts';
import { check } from './check.ts';
import { grown } from './counters.ts';
import { percent, reachesShare } from './numbers.ts';
import { largestService, likelyServiceText } from './responsible.ts';

/** So many connections in TIME_WAIT that the kernel skips the state for more. */
export const timeWaitLimit = check({
  name: 'time-wait-limit',
  summary: 'connections in TIME_WAIT near net.ipv4.tcp_max_tw_buckets',
  text: {
    meaning:
      'Beyond the limit connections end without TIME_WAIT, which keeps late packets out of the next connection with the same ends: rare resets and corrupted data follow.',
    found: [
      [
        'warning',
        'Connections in TIME_WAIT reach `full` percent of net.ipv4.tcp_max_tw_buckets, or the kernel skipped TIME_WAIT between the two readings since the limit was reached (`TCPTimeWaitOverflow`).',
      ],
    ],
    silent: 'Many connections in TIME_WAIT alone: they cost almost nothing.',
    remedy:
      'Keep connections open (keep-alive, a pool), or let the clients close first: the side that does gets TIME_WAIT. A higher limit costs about 300 bytes for each.',
  },
  about: 'network',
  thresholds: { full: { value: 90, unit: '%', meaning: 'of the limit is reached' } },
  needs: {
    protocols: ['tcp'],
    facts: ['tcpUse', 'timeWaitLimit'],
    counters: true,
    twoReadings: true,
  },
  groupOf(socket) {
    if (socket.protocol === 'unix' || socket.state !== 'TIME_WAIT') return null;
    return likelyServiceText(socket);
  },
  groupsIf: ({ system }, { full }) => {
    const { tcpUse, timeWaitLimit: limit } = system.values;
    return reachesShare(tcpUse?.timeWait ?? 0, limit ?? 0, full);
  },
  find(evidence, { full }) {
    const { tcpUse, timeWaitLimit: limit } = evidence.system.values;
    if (!tcpUse || !limit) return [];
    const { timeWait } = tcpUse;
    const leftOut = grown(evidence, 'TcpExt', 'TCPTimeWaitOverflow') ?? 0;
    if (!reachesShare(timeWait, limit, full) && leftOut === 0) return [];
    const service = largestService(evidence.groups.values());
    return [
      {
        severity: 'warning',
        certainty: 'sure',
        title: `${counted(timeWait, 'connection')} in TIME_WAIT, of ${countText(limit)} at most (${percent(timeWait, limit)} %)`,
        observations: [
          ...(leftOut > 0
            ? [
                `The kernel skipped TIME_WAIT for ${counted(leftOut, 'connection')} within ${evidence.seconds.toFixed(1)} s.`,
              ]
            : []),
          ...(service === null
            ? []
            : [
                `${countText(service.count)} of the connections ${service.count === 1 ? 'is' : 'are'} with ${service.text}.`,
              ]),
        ],
        seen: { timeWait, limit, leftOut },
        sockets: service?.sockets ?? [],
        socketCount: timeWait,
        why: 'Beyond the limit connections end without TIME_WAIT, which keeps late packets of one connection out of the next one with the same ends: the result is rare, unexplained resets and corrupted data.',
        remedy:
          'The side that closes first gets TIME_WAIT: keep connections open (keep-alive, a pool), or let the clients close. A higher net.ipv4.tcp_max_tw_buckets costs about 300 bytes each.',
        command: ['-tan', 'state', 'time-wait'],
      },
    ];
  },
});
