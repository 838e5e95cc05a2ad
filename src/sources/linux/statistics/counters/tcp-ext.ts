/**
 * TcpExt of /proc/net/netstat: Linux's counters of TCP beyond Tcp, for IPv4 and IPv6 together (and a few of IP).
 * Documentation/networking/snmp_counter.rst, net/ipv4/proc.c.
 */
export const tcpExt = {
  // SYN cookies
  SyncookiesSent: 'SYN cookies sent: the SYN queue of a listener was full',
  SyncookiesRecv: 'valid SYN cookies received, each of which opened a connection',
  SyncookiesFailed: 'invalid SYN cookies received',

  // Dropped or pruned for lack of memory
  EmbryonicRsts: 'resets received for connections that were still being opened',
  PruneCalled:
    'times that a receive queue was compacted because its socket exceeded its memory limit',
  RcvPruned: 'packets dropped from receive queues for lack of memory',
  OfoPruned: 'times that out-of-order data was dropped for lack of memory',
  OutOfWindowIcmps: 'ICMP errors ignored: their sequence number does not fit the connection',
  LockDroppedIcmps: 'ICMP errors ignored: the socket was in use at that moment',
  ArpFilter: 'ARP requests not answered because of the arp_filter setting',

  // TIME_WAIT
  TW: 'TIME_WAIT sockets that ended after the full time',
  TWRecycled: 'TIME_WAIT sockets reused before the full time',
  TWKilled: 'TIME_WAIT sockets ended before the full time',
  PAWSPassive: 'connection requests rejected: their timestamp was too old',
  PAWSActive: 'answers to a SYN of this machine rejected: their timestamp was too old',
  PAWSEstab: 'segments of established connections rejected: their timestamp was too old',
  BeyondWindow: 'segments rejected: they extend beyond the advertised window',
  TSEcrRejected: 'segments rejected: they echo a timestamp that was never sent',
  PAWSOldAck: 'old, delayed acknowledgements, recognised by their timestamp',
  PAWSTimewait: 'segments rejected in TIME_WAIT: their timestamp was too old',

  // Delayed acknowledgements
  DelayedACKs: 'acknowledgements delayed on purpose, to save packets',
  DelayedACKLocked: 'delayed acknowledgements postponed again: the socket was in use',
  DelayedACKLost:
    'times that the other end retransmitted data already received: an acknowledgement was late or lost',

  // Listeners
  ListenOverflows: 'connections dropped because the accept queue was full: the program is too slow',
  ListenDrops: 'connection requests dropped by listeners, for this or any other reason',

  // The fast path, and the queues of old kernels
  TCPHPHits: 'data segments handled by the fast path (exactly the next bytes expected)',
  TCPHPHitsToUser: 'data segments copied directly to a waiting program',
  TCPPrequeued: 'segments queued for a program that was waiting for them',
  TCPDirectCopyFromBacklog: 'bytes copied directly from the backlog to programs',
  TCPDirectCopyFromPrequeue: 'bytes copied directly from the prequeue to programs',
  TCPPrequeueDropped: 'segments dropped from the prequeue',
  TCPPureAcks: 'acknowledgements without data received (slow path)',
  TCPHPAcks: 'acknowledgements handled by the fast path',

  // Loss: detection and recovery
  TCPRenoRecovery: 'recoveries from packet loss by fast retransmit, without SACK',
  TCPSackRecovery: 'recoveries from packet loss with SACK',
  TCPSACKReneging: 'times that a receiver discarded data that it had acknowledged by SACK',
  TCPSACKReorder: 'times that SACK showed that packets were reordered, not lost',
  TCPFACKReorder: 'times that forward acknowledgement (FACK) showed that packets were reordered',
  TCPRenoReorder: 'times that duplicate acknowledgements showed that packets were reordered',
  TCPTSReorder: 'times that timestamps showed that packets were reordered',
  TCPFullUndo: 'slow-downs fully undone: the retransmitted data had not been lost',
  TCPPartialUndo: 'slow-downs undone because part of the retransmitted data had not been lost',
  TCPDSACKUndo: 'slow-downs undone because the receiver reported duplicates (DSACK)',
  TCPLossUndo: 'slow-downs after a time-out undone: the data had not been lost',
  TCPLoss: 'packets lost during a recovery with SACK',
  TCPLostRetransmit: 'retransmitted packets that were lost again',
  TCPRenoFailures:
    'time-outs after duplicate acknowledgements, before a recovery without SACK began',
  TCPSackFailures: 'time-outs after selective acknowledgements, before a recovery with SACK began',
  TCPLossFailures: 'time-outs during the recovery from an earlier time-out',
  TCPFastRetrans: 'segments retransmitted immediately, without waiting for a time-out',
  TCPForwardRetrans: 'segments retransmitted although their loss was not certain',
  TCPSlowStartRetrans: 'segments retransmitted in slow start, after a time-out',
  TCPTimeouts: 'times that the retransmission timer expired',
  TCPLossProbes: 'probes sent to detect early whether the last segments were lost',
  TCPLossProbeRecovery: 'losses detected and repaired by such a probe',
  TCPRenoRecoveryFail: 'recoveries without SACK that ended in a time-out',
  TCPSackRecoveryFail: 'recoveries with SACK that ended in a time-out',
  TCPSchedulerFailed:
    'segments that waited for a slow program until the acknowledgement timer processed them',
  TCPRcvCollapsed: 'packets merged in receive queues to save memory',
  TCPBacklogCoalesce: 'segments merged with the previous one while the socket was in use',

  // Duplicates
  TCPDSACKOldSent: 'duplicates of old data reported to the other end (DSACK)',
  TCPDSACKOfoSent: 'duplicates of out-of-order data reported to the other end (DSACK)',
  TCPDSACKRecv: 'duplicates of old data reported by the other end (DSACK)',
  TCPDSACKOfoRecv: 'duplicates of out-of-order data reported by the other end (DSACK)',

  // Aborted connections
  TCPAbortOnData:
    'connections reset: data arrived after the program had closed, or it closed with a reset (SO_LINGER)',
  TCPAbortOnClose: 'connections reset: the program closed without reading all data',
  TCPAbortOnMemory:
    'connections reset for lack of memory, or because too many belonged to no program',
  TCPAbortOnTimeout: 'connections given up: the other end no longer answered',
  TCPAbortOnLinger:
    'connections reset: the other end did not close within the time limit on closing',
  TCPAbortFailed: 'resets that could not be sent',
  TCPMemoryPressures: 'times that TCP came under memory pressure (tcp_mem)',
  TCPMemoryPressuresChrono: 'milliseconds that TCP was under memory pressure',

  // SACK and time-outs that proved wrong
  TCPSACKDiscard: 'invalid SACK blocks received',
  TCPDSACKIgnoredOld: 'reports of duplicates (DSACK) ignored: they were too old',
  TCPDSACKIgnoredNoUndo: 'reports of duplicates (DSACK) ignored: nothing had been retransmitted',
  TCPSpuriousRTOs: 'spurious time-outs, detected by F-RTO',

  // Signed segments
  TCPMD5NotFound: 'segments dropped: the required MD5 signature was missing',
  TCPMD5Unexpected: 'segments dropped: an MD5 signature was not expected',
  TCPMD5Failure: 'segments dropped: the MD5 signature was wrong',

  // Queues
  TCPSackShifted: 'times that a SACK moved the boundary between two packets of a send queue',
  TCPSackMerged: 'times that a SACK merged packets of a send queue',
  TCPSackShiftFallback: 'times that a SACK could not be recorded without splitting a packet',
  TCPBacklogDrop: 'segments dropped: the backlog of a busy socket was full',
  PFMemallocDrop: 'packets dropped that were received into memory reserved for emergencies',
  TCPMinTTLDrop:
    'segments dropped: they came from further away than the program allows (IP_MINTTL)',
  TCPDeferAcceptDrop:
    'acknowledgements without data dropped: the listener waits for data (TCP_DEFER_ACCEPT)',
  IPReversePathFilter:
    'packets dropped: the route to their sender does not use the interface they arrived on (rp_filter)',
  TCPTimeWaitOverflow: 'connections closed without TIME_WAIT: there were too many such sockets',
  TCPReqQFullDoCookies: 'connection requests answered with a SYN cookie: the SYN queue was full',
  TCPReqQFullDrop: 'connection requests dropped: the SYN queue was full and SYN cookies are off',
  TCPRetransFail: 'retransmissions that the layers below refused',
  TCPRcvCoalesce: 'segments merged with the previous one in receive queues',
  TCPOFOQueue: 'out-of-order segments queued',
  TCPOFODrop: 'out-of-order segments dropped for lack of memory',
  TCPOFOMerge: 'out-of-order segments that partly repeated queued data',
  TCPChallengeACK: 'challenge acknowledgements sent because a segment looked forged (RFC 5961)',
  TCPSYNChallenge: 'challenge acknowledgements sent because of a SYN within a connection',

  // TCP Fast Open
  TCPFastOpenActive: 'connections opened by this machine with data in the SYN (Fast Open)',
  TCPFastOpenActiveFail:
    'failed attempts by this machine to open a connection with data in the SYN',
  TCPFastOpenPassive: 'connections opened by others with data in the SYN (Fast Open)',
  TCPFastOpenPassiveFail:
    'attempts by others to open a connection with data in the SYN that were rejected',
  TCPFastOpenListenOverflow:
    'attempts by others to open a connection with data in the SYN rejected: too many were pending',
  TCPFastOpenCookieReqd: 'Fast Open cookies requested by others',
  TCPFastOpenBlackhole:
    'times that Fast Open was disabled because it seemed to be blocked on the path',
  TCPFastOpenPassiveAltKey: 'Fast Open cookies that were valid under the second key',

  TCPSpuriousRtxHostQueues:
    'segments not retransmitted: the original was still in a queue of this machine',
  BusyPollRxPackets: 'packets taken from the network card by busy polling',
  TCPAutoCorking: 'times that small writes were held back to be sent together',
  TCPFromZeroWindowAdv: 'times that the receive window was opened again',
  TCPToZeroWindowAdv: 'times that the receive window was closed: no room',
  TCPWantZeroWindowAdv:
    'times that the receive window should have been closed but could not be yet',
  TCPSynRetrans: 'SYN and SYN+ACK segments retransmitted',
  TCPOrigDataSent: 'data segments sent, without retransmissions',

  // Slow start
  TCPHystartTrainDetect:
    'slow starts ended early because of the spacing of acknowledgements (HyStart)',
  TCPHystartTrainCwnd:
    'sum of the congestion windows at the end of such slow starts (spacing), in segments',
  TCPHystartDelayDetect: 'slow starts ended early because the delay grew (HyStart)',
  TCPHystartDelayCwnd:
    'sum of the congestion windows at the end of such slow starts (delay), in segments',

  // Acknowledgements suppressed by rate limits
  TCPACKSkippedSynRecv: 'acknowledgements in SYN_RECV not sent because of the rate limit',
  TCPACKSkippedPAWS:
    'acknowledgements of segments with old timestamps not sent because of the rate limit',
  TCPACKSkippedSeq:
    'acknowledgements of segments outside the window not sent because of the rate limit',
  TCPACKSkippedFinWait2: 'acknowledgements in FIN_WAIT2 not sent because of the rate limit',
  TCPACKSkippedTimeWait: 'acknowledgements in TIME_WAIT not sent because of the rate limit',
  TCPACKSkippedChallenge: 'challenge acknowledgements not sent because of the rate limit',

  // Probes
  TCPWinProbe: 'probes sent because the other end had closed its window',
  TCPKeepAlive: 'keep-alive probes sent',
  TCPMTUPFail: 'path MTU probes that failed',
  TCPMTUPSuccess: 'path MTU probes that succeeded',

  // Delivery
  TCPDelivered: 'data segments (and SYNs) that the other end received',
  TCPDeliveredCE:
    'data segments (and SYNs) that the other end received with a congestion mark (CE)',
  TCPAckCompressed: 'acknowledgements saved by acknowledging several segments at once',
  TCPZeroWindowDrop: 'segments dropped: the advertised window was zero',
  TCPRcvQDrop: 'segments dropped: the receive queue was full',
  TCPWqueueTooBig: 'times that a send queue was too large for its packets to be split',
  TcpTimeoutRehash: 'times that another path was tried after a time-out',
  TcpDuplicateDataRehash: 'times that another path was tried because duplicate data arrived',
  TCPDSACKRecvSegs: 'segments that the other end reported as duplicates',
  TCPDSACKIgnoredDubious: 'reports of duplicates (DSACK) ignored: they were implausible',
  TCPMigrateReqSuccess: 'connections moved to another listener when theirs closed',
  TCPMigrateReqFailure:
    'connections lost because they could not be moved to another listener when theirs closed',
  TCPPLBRehash: 'times that another path was tried because of congestion (PLB)',

  // TCP authentication option (RFC 5925)
  TCPAORequired: 'segments dropped: the required authentication option was missing',
  TCPAOBad: 'segments dropped: the authentication option was wrong',
  TCPAOKeyNotFound: 'segments dropped: no key for their authentication option',
  TCPAOGood: 'segments with a valid authentication option',
  TCPAODroppedIcmps: 'ICMP errors ignored for connections with an authentication option',
} as const;
