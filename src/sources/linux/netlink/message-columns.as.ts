/**
 * Copies the kernel's messages into columns of numbers, in WebAssembly: JavaScript would copy most of them before V8
 * has optimized it, and optimizing takes the processor that the kernel's answer needs.
 *
 * AssemblyScript (`scripts/assemble.js`). Addresses are offsets in the memory, and `message-columns.ts` decides what
 * is where.
 */

/** Where the rows of a table go. Columns are addresses: an entry per row. */
@unmanaged
class Columns {
  /** The number of rows, and of the half-open connections among them. */
  length: u32;
  halfOpen: u32;
  /** Yes: 1. */
  isTcp: u32;
  addressWords: u32;
  /** Only sockets that have a peer. */
  connectedOnly: u32;
  withTimers: u32;
  withTcpInfo: u32;
  states: usize;
  locals: usize;
  remotes: usize;
  localPorts: usize;
  remotePorts: usize;
  recvQueues: usize;
  sendQueues: usize;
  uids: usize;
  inodes: usize;
  timers: usize;
  expiries: usize;
  retransmits: usize;
  probes: usize;
  /** TCP's internals; bits say which are known. */
  known: usize;
  rtts: usize;
  retransmitted: usize;
  cwnds: usize;
  sent: usize;
  received: usize;
  /** Where the row's message begins and ends. */
  starts: usize;
  ends: usize;
}

/** `struct nlmsghdr` and its types (<linux/netlink.h>, <linux/sock_diag.h>, <linux/inet_diag.h>). */
const headerSize: usize = 16;
const tcpDiag: u16 = 18;
const sockDiagByFamily: u16 = 20;
/** `struct inet_diag_msg` (<linux/inet_diag.h>), and the number of IPv6. */
const messageSize: usize = 72;
const inet6: u8 = 10;
/** <net/tcp_states.h>. */
const synRecv: u8 = 3;
const listen: u8 = 10;
/** INET_DIAG_INFO. */
const info: u16 = 2;
/** `struct tcp_info` (<linux/tcp.h>): offsets. */
const rttAt: usize = 68;
const cwndAt: usize = 80;
const retransmittedAt: usize = 100;
const receivedAt: usize = 128;
const sentAt: usize = 200;

/** Bits of `Columns.known`: `knownInfo` in the model. */
const rttKnown: u8 = 1;
const retransmittedKnown: u8 = 2;
const cwndKnown: u8 = 4;
const sentKnown: u8 = 8;
const receivedKnown: u8 = 16;

/** Milliseconds of /proc's unit of time. */
const tick: u32 = 10;

/** All flags of the messages that `take` added last. */
export let flags: u32 = 0;

/** A word of an address in network order: first byte highest. */
function networkOrder(at: usize): u32 {
  return bswap<u32>(load<u32>(at));
}

function portAt(at: usize): u16 {
  return bswap<u16>(load<u16>(at));
}

/** As the model's `hasPeer`. */
function hasPeer(columns: Columns, message: usize): bool {
  if (columns.isTcp !== 0) return load<u16>(message, 6) !== 0;
  for (let word: u32 = 0; word < columns.addressWords; word++) {
    if (load<u32>(message + word * 4, 24) !== 0) return true;
  }
  return false;
}

/** The address of the first attribute of a type (`struct rtattr`, <linux/rtnetlink.h>); 0: none. */
function attributeAt(first: usize, end: usize, wanted: u16): usize {
  for (let at = first; at + 4 <= end; ) {
    const length: usize = load<u16>(at);
    if (length < 4 || at + length > end) return 0;
    if ((load<u16>(at, 2) & 0x3fff) === wanted) return at;
    at += (length + 3) & ~3;
  }
  return 0;
}

function addTimer(columns: Columns, row: u32, message: usize, record: usize, length: usize): void {
  const code = load<u8>(message, 2);
  const count = load<u8>(message, 3);
  // The message has only the count of what the timer repeats; tcp_info has both.
  let retransmits: u8 = code === 1 ? count : 0;
  let probes: u8 = code === 2 || code === 4 ? count : 0;
  if (record !== 0) {
    retransmits = length > 2 ? load<u8>(record, 2) : 0;
    probes = length > 3 ? load<u8>(record, 3) : 0;
  }
  const expires = load<u32>(message, 52);
  const isOff = code === 0 && retransmits === 0 && probes === 0;
  store<u8>(columns.timers + row, code);
  store<u8>(columns.retransmits + row, retransmits);
  store<u8>(columns.probes + row, probes);
  store<u32>(columns.expiries + row * 4, isOff ? 0 : expires - (expires % tick));
}

/** `length`: the record's; an older kernel's is shorter. */
function addInfo(columns: Columns, row: u32, record: usize, length: usize): void {
  let known: u8 = 0;
  const word = row * 4;
  if (length >= rttAt + 4 && load<u32>(record, rttAt) !== 0) {
    known |= rttKnown;
    store<u32>(columns.rtts + word, load<u32>(record, rttAt));
  }
  if (length >= retransmittedAt + 4) {
    known |= retransmittedKnown;
    store<u32>(columns.retransmitted + word, load<u32>(record, retransmittedAt));
  }
  if (length >= cwndAt + 4) {
    known |= cwndKnown;
    store<u32>(columns.cwnds + word, load<u32>(record, cwndAt));
  }
  if (length >= sentAt + 8) {
    known |= sentKnown;
    store<u64>(columns.sent + row * 8, load<u64>(record, sentAt));
  }
  if (length >= receivedAt + 8) {
    known |= receivedKnown;
    store<u64>(columns.received + row * 8, load<u64>(record, receivedAt));
  }
  store<u8>(columns.known + row, known);
}

function add(columns: Columns, message: usize, end: usize): void {
  if (columns.connectedOnly !== 0 && !hasPeer(columns, message)) return;
  const row = columns.length++;
  const word = row * 4;
  const state = load<u8>(message, 1);
  const isTcp = columns.isTcp !== 0;
  const isListening = isTcp && state === listen;
  if (isTcp && state === synRecv) columns.halfOpen++;
  store<u8>(columns.states + row, state);
  store<u16>(columns.localPorts + row * 2, portAt(message + 4));
  store<u16>(columns.remotePorts + row * 2, portAt(message + 6));
  for (let index: u32 = 0; index < columns.addressWords; index++) {
    const place = row * 16 + index * 4;
    store<u32>(columns.locals + place, networkOrder(message + 8 + index * 4));
    store<u32>(columns.remotes + place, networkOrder(message + 24 + index * 4));
  }
  store<u32>(columns.recvQueues + word, load<u32>(message, 56));
  // For a listener it is the limit of its accept queue, which /proc does not show.
  store<u32>(columns.sendQueues + word, isListening ? 0 : load<u32>(message, 60));
  store<u32>(columns.uids + word, load<u32>(message, 64));
  store<u32>(columns.inodes + word, load<u32>(message, 68));
  store<u32>(columns.starts + word, message);
  store<u32>(columns.ends + word, end);
  if ((columns.withTimers | columns.withTcpInfo) === 0) return;
  const attribute = attributeAt(message + messageSize, end, info);
  const length: usize = attribute === 0 ? 0 : load<u16>(attribute) - 4;
  const record: usize = attribute === 0 ? 0 : attribute + 4;
  if (columns.withTimers !== 0) addTimer(columns, row, message, record, length);
  if (columns.withTcpInfo !== 0) addInfo(columns, row, record, isListening ? 0 : length);
}

/**
 * Adds at most so many sockets from an address on, those of IPv6 to the second columns. Returns the address of the
 * first message that is not a socket, or not complete; if `most` were added, of the next one.
 */
export function take(first: usize, second: usize, from: usize, end: usize, most: u32): usize {
  let at = from;
  flags = 0;
  for (let added: u32 = 0; added < most && at + headerSize <= end; added++) {
    const length: usize = load<u32>(at);
    const type = load<u16>(at, 4);
    if (length < headerSize + messageSize || length > end - at) return at;
    if (type !== tcpDiag && type !== sockDiagByFamily) return at;
    flags |= load<u16>(at, 6);
    const message = at + headerSize;
    const columns = changetype<Columns>(load<u8>(message) === inet6 ? second : first);
    add(columns, message, at + length);
    at += (length + 3) & ~3;
  }
  return at;
}
