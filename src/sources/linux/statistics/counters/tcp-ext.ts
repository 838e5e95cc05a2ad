/**
 * TcpExt of /proc/net/netstat: Linux's counters of TCP beyond Tcp, for IPv4 and IPv6 together (and a few of IP).
 * Documentation/networking/snmp_counter.rst, net/ipv4/proc.c.
 */
export const tcpExt = {
  // SYN cookies
  SyncookiesSent: 'SYN cookies sent: a listener had no room to remember a connection request',
  SyncookiesRecv: 'SYN cookies that came back right and opened a connection',
  SyncookiesFailed: 'SYN cookies that came back wrong',

  // Dropped or pruned for lack of memory
  EmbryonicRsts: 'resets received for connections that were still being opened',
  PruneCalled: 'times that a receive queue was thinned out because its socket was over its memory',
  RcvPruned: 'packets thrown out of receive queues for want of memory',
  OfoPruned: 'times that out-of-order data was thrown away for want of memory',
  OutOfWindowIcmps: 'ICMP errors ignored: they did not fit the connection they named',
  LockDroppedIcmps: 'ICMP errors ignored: the socket was in use at that moment',
  ArpFilter: 'ARP requests not answered, by the arp_filter setting',

  // TIME_WAIT
  TW: 'connections whose TIME_WAIT ran its course',
  TWRecycled: 'TIME_WAIT sockets taken up again before their time',
  TWKilled: 'TIME_WAIT sockets cut short',
  PAWSPassive: 'connection requests refused: their timestamp was too old',
  PAWSActive: 'answers to our SYN refused: their timestamp was too old',
  PAWSEstab: 'segments refused in established connections: their timestamp was too old',
  BeyondWindow: 'segments refused: they reach beyond the window we offered',
  TSEcrRejected: 'segments refused: they echo a timestamp that we did not send',
  PAWSOldAck: 'old acknowledgements, delayed on the way, told by their timestamp',
  PAWSTimewait: 'segments refused in TIME_WAIT: their timestamp was too old',

  // Delayed acknowledgements
  DelayedACKs: 'acknowledgements sent late, on purpose, to save packets',
  DelayedACKLocked: 'late acknowledgements put off once more: the socket was in use',
  DelayedACKLost:
    'times that the other end sent again what we had: our acknowledgement was late or lost',

  // Listeners
  ListenOverflows: 'connections lost because the accept queue was full: the program is too slow',
  ListenDrops: 'connection requests dropped by listeners, for this or any other reason',

  // The fast path, and the queues of old kernels
  TCPHPHits: 'data segments taken by the fast path (just the next bytes expected)',
  TCPHPHitsToUser: 'data segments copied straight to a waiting program',
  TCPPrequeued: 'segments put in the queue of a program that was waiting for them',
  TCPDirectCopyFromBacklog: 'bytes copied to programs straight from the backlog',
  TCPDirectCopyFromPrequeue: 'bytes copied to programs straight from the prequeue',
  TCPPrequeueDropped: 'segments dropped from the prequeue',
  TCPPureAcks: 'acknowledgements received that carried no data (slow path)',
  TCPHPAcks: 'acknowledgements taken by the fast path',

  // Loss: detection and recovery
  TCPRenoRecovery: 'times that loss was mended by fast retransmit without SACK',
  TCPSackRecovery: 'times that loss was mended with the help of SACK',
  TCPSACKReneging: 'times that a receiver threw away what it had acknowledged by SACK',
  TCPSACKReorder: 'times that SACK showed packets were out of order, not lost',
  TCPFACKReorder: 'times that forward acknowledgement showed packets were out of order',
  TCPRenoReorder: 'times that repeated acknowledgements showed packets were out of order',
  TCPTSReorder: 'times that timestamps showed packets were out of order',
  TCPFullUndo: 'slow-downs undone wholly: what was sent again had not been lost (timestamps)',
  TCPPartialUndo: 'slow-downs undone when part of what was sent again proved not lost',
  TCPDSACKUndo: 'slow-downs undone because the receiver reported duplicates (DSACK)',
  TCPLossUndo: 'slow-downs after a time-out undone: the data had not been lost',
  TCPLoss: 'packets lost while SACK was mending a loss',
  TCPLostRetransmit: 'packets sent again and lost again',
  TCPRenoFailures: 'time-outs that struck while Reno was mending a loss',
  TCPSackFailures: 'time-outs that struck while SACK was mending a loss',
  TCPLossFailures: 'time-outs that struck while another time-out was being mended',
  TCPFastRetrans: 'segments sent again at once, without waiting for a time-out',
  TCPForwardRetrans: 'segments sent again although loss was not certain',
  TCPSlowStartRetrans: 'segments sent again in slow start, after a time-out',
  TCPTimeouts: 'times that the retransmission timer ran out',
  TCPLossProbes: 'probes sent to find out early whether the last segments were lost',
  TCPLossProbeRecovery: 'losses found and mended by such a probe',
  TCPRenoRecoveryFail: 'fast recoveries without SACK that ended in a time-out',
  TCPSackRecoveryFail: 'recoveries with SACK that ended in a time-out',
  TCPSchedulerFailed:
    'segments that waited for a slow program until the acknowledgement timer took them in',
  TCPRcvCollapsed: 'packets merged in receive queues to save memory',
  TCPBacklogCoalesce: 'segments merged with the one before while the socket was in use',

  // Duplicates
  TCPDSACKOldSent: 'times that we reported a duplicate of data already taken in',
  TCPDSACKOfoSent: 'times that we reported a duplicate of out-of-order data',
  TCPDSACKRecv: 'times that the other end reported a duplicate of data it had taken in',
  TCPDSACKOfoRecv: 'times that the other end reported a duplicate of out-of-order data',

  // Aborted connections
  TCPAbortOnData:
    'connections reset: data came after the program had closed, or it closed by reset',
  TCPAbortOnClose: 'connections reset: the program closed with data unread',
  TCPAbortOnMemory: 'connections reset for want of memory, or too many without an owner',
  TCPAbortOnTimeout: 'connections given up: the other end answered no more',
  TCPAbortOnLinger:
    'connections reset: the other end had not finished by the time limit on closing',
  TCPAbortFailed: 'resets that could not be sent',
  TCPMemoryPressures: 'times that TCP as a whole ran short of memory (tcp_mem)',
  TCPMemoryPressuresChrono: 'milliseconds that TCP has been short of memory',

  // SACK and time-outs that proved wrong
  TCPSACKDiscard: 'SACK blocks received that made no sense',
  TCPDSACKIgnoredOld: 'duplicate reports ignored: they were about data long done with',
  TCPDSACKIgnoredNoUndo: 'duplicate reports ignored: nothing had been sent again',
  TCPSpuriousRTOs: 'time-outs that were false alarms (F-RTO)',

  // Signed segments
  TCPMD5NotFound: 'segments dropped: an MD5 signature was due and missing',
  TCPMD5Unexpected: 'segments dropped: an MD5 signature where none was due',
  TCPMD5Failure: 'segments dropped: a wrong MD5 signature',

  // Queues
  TCPSackShifted: 'times that a SACK moved the border between two packets of a send queue',
  TCPSackMerged: 'times that a SACK merged packets of a send queue',
  TCPSackShiftFallback: 'times that a SACK could not be noted without splitting a packet',
  TCPBacklogDrop: "segments dropped: a busy socket's backlog was full",
  PFMemallocDrop: 'packets dropped that came into memory kept back for emergencies',
  TCPMinTTLDrop: 'segments dropped: they came from further away than the program allows (min TTL)',
  TCPDeferAcceptDrop: 'bare acknowledgements dropped: the listener waits for data (defer accept)',
  IPReversePathFilter:
    'packets dropped: no answer would leave by the interface they came in on (rp_filter)',
  TCPTimeWaitOverflow: 'connections closed without TIME_WAIT: there were too many such sockets',
  TCPReqQFullDoCookies: 'connection requests answered with a SYN cookie: the queue was full',
  TCPReqQFullDrop: 'connection requests dropped: the queue was full and SYN cookies are off',
  TCPRetransFail: 'segments that could not be sent again, as for want of room below',
  TCPRcvCoalesce: 'segments merged with the one before in receive queues',
  TCPOFOQueue: 'segments that came out of order and were kept',
  TCPOFODrop: 'segments that came out of order and were dropped for want of memory',
  TCPOFOMerge: 'segments that came out of order and repeated, in part, what was kept',
  TCPChallengeACK: 'challenge acknowledgements sent: a segment looked forged (RFC 5961)',
  TCPSYNChallenge: 'challenge acknowledgements sent because of a SYN within a connection',

  // TCP Fast Open
  TCPFastOpenActive: 'connections that we opened with data in the first packet',
  TCPFastOpenActiveFail: 'tries to open with data in the first packet that failed',
  TCPFastOpenPassive: 'connections that others opened with data in the first packet',
  TCPFastOpenPassiveFail: 'such tries by others that we turned down',
  TCPFastOpenListenOverflow: 'such tries turned down: too many were waiting',
  TCPFastOpenCookieReqd: 'Fast Open cookies that others asked for',
  TCPFastOpenBlackhole: 'times that Fast Open was turned off because it seemed blocked on the way',
  TCPFastOpenPassiveAltKey: 'Fast Open cookies that were right under the second key',

  TCPSpuriousRtxHostQueues: 'segments not sent again: the first copy was still in our own queues',
  BusyPollRxPackets: 'packets taken from the network card by polling programs',
  TCPAutoCorking: 'times that small writes were held back to go out together',
  TCPFromZeroWindowAdv: 'times that we told the other end it may send again',
  TCPToZeroWindowAdv: 'times that we told the other end to stop: no room',
  TCPWantZeroWindowAdv: 'times that we would have liked to say so and could not yet',
  TCPSynRetrans: 'SYN and SYN+ACK segments sent again',
  TCPOrigDataSent: 'segments with data sent for the first time',

  // Slow start
  TCPHystartTrainDetect: 'slow starts ended early, by the spacing of acknowledgements (HyStart)',
  TCPHystartTrainCwnd: 'sum of the congestion windows reached then, segments',
  TCPHystartDelayDetect: 'slow starts ended early, because delay grew (HyStart)',
  TCPHystartDelayCwnd: 'sum of the congestion windows reached then, segments',

  // Acknowledgements suppressed by rate limits
  TCPACKSkippedSynRecv: 'acknowledgements not sent in SYN_RECV, to hold to the limit on them',
  TCPACKSkippedPAWS: 'acknowledgements of segments with old timestamps not sent, by that limit',
  TCPACKSkippedSeq: 'acknowledgements of segments outside the window not sent, by that limit',
  TCPACKSkippedFinWait2: 'acknowledgements not sent in FIN_WAIT2, by that limit',
  TCPACKSkippedTimeWait: 'acknowledgements not sent in TIME_WAIT, by that limit',
  TCPACKSkippedChallenge: 'challenge acknowledgements not sent, by that limit',

  // Probes
  TCPWinProbe: 'probes sent because the other end had closed its window',
  TCPKeepAlive: 'keep-alive probes sent',
  TCPMTUPFail: 'probes for larger packets that failed',
  TCPMTUPSuccess: 'probes for larger packets that went through',

  // Delivery
  TCPDelivered: 'segments with data (and SYNs) that the other end has received',
  TCPDeliveredCE: 'of these, those that met congestion on the way (CE mark)',
  TCPAckCompressed: 'acknowledgements saved by answering several segments at once',
  TCPZeroWindowDrop: 'segments dropped: the receiver had said there was no room',
  TCPRcvQDrop: 'segments dropped: the receive queue was full',
  TCPWqueueTooBig: 'times that a send queue was too large to be split further',
  TcpTimeoutRehash: 'times that another path was tried after a time-out',
  TcpDuplicateDataRehash: 'times that another path was tried because data came twice',
  TCPDSACKRecvSegs: 'segments that the other end reported as duplicates',
  TCPDSACKIgnoredDubious: 'duplicate reports ignored because they were not believable',
  TCPMigrateReqSuccess: 'connections moved to another listener when theirs closed',
  TCPMigrateReqFailure: 'connections that could not be moved so and were lost',
  TCPPLBRehash: 'times that another path was tried because of congestion (PLB)',

  // TCP authentication option (RFC 5925)
  TCPAORequired: 'segments dropped: an authentication option was due and missing',
  TCPAOBad: 'segments dropped: a wrong authentication option',
  TCPAOKeyNotFound: 'segments dropped: no key for their authentication option',
  TCPAOGood: 'segments whose authentication option was right',
  TCPAODroppedIcmps: 'ICMP errors ignored for connections with an authentication option',
} as const;
