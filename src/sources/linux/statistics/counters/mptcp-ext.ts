/** MPTcpExt of /proc/net/netstat: Multipath TCP, RFC 8684. net/mptcp/mib.c. */
export const mptcpExt = {
  // Opening a connection
  MPCapableSYNRX: 'requests to open a multipath connection received',
  MPCapableSYNTX: 'requests to open a multipath connection sent',
  MPCapableSYNACKRX: 'answers to such requests received that agree to multipath',
  MPCapableACKRX: 'last packets of the handshake of a multipath connection received',
  MPCapableFallbackACK:
    'connections that fell back to TCP: the last packet of the handshake lacked the option',
  MPCapableFallbackSYNACK: 'connections that fell back to TCP: the other end did not agree',
  MPCapableSYNTXDrop: 'connections opened with plain TCP after requests with the option were lost',
  MPCapableSYNTXDisabled:
    'connections opened with plain TCP: multipath seemed to be blocked on the path',
  MPCapableEndpAttempt: 'requests rejected: they were sent to a port that is only for joining',
  MPFallbackTokenInit: 'connections that fell back to TCP: no token could be created',
  MPTCPRetrans: 'multipath segments retransmitted, possibly over another subflow',

  // Joining further paths
  MPJoinNoTokenFound: 'requests to join an unknown connection received',
  MPJoinSynRx: 'requests to join a subflow received',
  MPJoinSynBackupRx: 'requests to join a backup subflow received',
  MPJoinSynAckRx: 'answers to requests to join received',
  MPJoinSynAckBackupRx: 'answers to requests to join received that ask for a backup subflow',
  MPJoinSynAckHMacFailure:
    'answers to requests to join received with a wrong authentication code (HMAC)',
  MPJoinAckRx: 'last packets of the handshake of a joining subflow received',
  MPJoinAckHMacFailure:
    'last packets of such a handshake received with a wrong authentication code (HMAC)',
  MPJoinRejected: 'requests to join that the path manager rejected',
  MPJoinSynTx: 'requests to join a subflow sent',
  MPJoinSynTxCreatSkErr: 'requests to join not sent: no socket could be created',
  MPJoinSynTxBindErr:
    'requests to join not sent: the socket could not be bound to the local address',
  MPJoinSynTxConnectErr: 'requests to join not sent: connecting failed immediately',

  // Data and how it maps to paths
  DSSNotMatching: 'mappings received that contradict the previous one',
  DSSCorruptionFallback: 'connections that fell back to TCP because of corrupt mappings',
  DSSCorruptionReset: 'subflows reset because of corrupt mappings',
  InfiniteMapTx: 'infinite mappings sent: plain TCP from here on',
  InfiniteMapRx: 'infinite mappings received: plain TCP from here on',
  DSSNoMatchTCP: 'mappings received that do not match their TCP data',
  DataCsumErr: 'data received with a wrong checksum',
  OFOQueueTail: 'out-of-order segments added to the end of the queue',
  OFOQueue: 'out-of-order segments queued',
  OFOMerge: 'out-of-order segments merged with a queued one',
  NoDSSInWindow: 'segments dropped: outside the window of the connection',
  DuplicateData: 'segments dropped: already received',

  // Announcing addresses
  AddAddr: 'address announcements received',
  AddAddrTx: 'address announcements sent',
  AddAddrTxDrop: 'address announcements not sent: no room in the header',
  EchoAdd: 'confirmations of address announcements received',
  EchoAddTx: 'confirmations of address announcements sent',
  EchoAddTxDrop: 'confirmations of address announcements not sent: no room in the header',
  PortAdd: 'address announcements received that include a port',
  AddAddrDrop: 'address announcements ignored',
  MPJoinPortSynRx: 'requests to join at an announced port received',
  MPJoinPortSynAckRx: 'answers to requests to join at an announced port received',
  MPJoinPortAckRx:
    'last packets of the handshake of a subflow joining at an announced port received',
  MismatchPortSynRx: 'requests to join dropped: their port was not announced',
  MismatchPortAckRx: 'last packets of a joining handshake dropped: their port was not announced',
  RmAddr: 'address withdrawals received',
  RmAddrDrop: 'address withdrawals ignored',
  RmAddrTx: 'address withdrawals sent',
  RmAddrTxDrop: 'address withdrawals not sent: no room in the header',
  RmSubflow: 'subflows closed because an address was withdrawn',

  // Priorities, failures, ends
  MPPrioTx: 'changes of the priority of a subflow sent',
  MPPrioRx: 'changes of the priority of a subflow received',
  MPFailTx: 'reports of corrupt data sent',
  MPFailRx: 'reports of corrupt data received',
  MPFastcloseTx: 'fast closes of a whole connection sent',
  MPFastcloseRx: 'fast closes of a whole connection received',
  MPRstTx: 'resets of one subflow sent',
  MPRstRx: 'resets of one subflow received',
  SubflowStale: 'subflows marked as stale: they delivered nothing for a while',
  SubflowRecover: 'stale subflows that deliver again',
  SndWndShared:
    'times that the window of the whole connection was used instead of that of a subflow, sending',
  RcvWndShared:
    'times that the window of the whole connection was used instead of that of a subflow, receiving',
  RcvWndConflictUpdate:
    'times that a subflow adopted a window that another one had moved at the same time',
  RcvWndConflict: 'times that two subflows moved the shared window at the same time',
  MPCurrEstab: 'current multipath connections',
  Blackhole: 'times that multipath was disabled because it seemed to be blocked on the path',

  // Why connections became plain TCP
  MPCapableDataFallback: 'connections that fell back to TCP: the first data lacked the option',
  MD5SigFallback: 'connections opened with plain TCP because they use MD5 signatures',
  DssFallback: 'connections that fell back to TCP: a mapping was wrong or missing',
  SimultConnectFallback: 'connections that fell back to TCP: both ends opened at the same time',
  FallbackFailed:
    'times that a connection could not fall back to TCP because it had several subflows',
  WinProbe: 'probes sent because the shared window was closed',
} as const;
