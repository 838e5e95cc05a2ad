import type { ReportKind } from '../../../../src/model/report/snapshot.ts';

/** Reads CSV rows back into the model, by what is documented of the columns and nothing else. */

export type CsvRecord = { [key: string]: string };

const text = (cell: string | undefined) => cell || null;
const number = (cell: string | undefined) => (cell ? Number(cell) : null);
const list = (cell: string | undefined) => (cell ? cell.split(';') : []);

function endpoint(addresses: string | undefined, port: string | undefined) {
  const [first = ''] = list(addresses);
  const [address = '', zone = null] = first.replace(/…$/, '').split('%');
  return { address, port: Number(port), zone, ...(first.endsWith('…') && { cut: true }) };
}

function owners(record: CsvRecord) {
  if (record.pid === '') return record.noowner === '' ? null : [];
  const programs = (record.program as string).split(';');
  const commands = (record.command as string).split(';');
  const executables = (record.executable as string).split(';');
  const fds = (record.fd as string).split(';');
  return list(record.pid).map((pid, i) => ({
    pid: Number(pid),
    program: text(programs[i]),
    commandLine: text(commands[i]),
    executable: text(executables[i]),
    fd: number(fds[i]),
  }));
}

function socket(record: CsvRecord) {
  const held = {
    inode: number(record.inode),
    owners: owners(record),
    noOwner: text(record.noowner),
  };
  const { state, family } = record;
  if (record.proto === 'unix') {
    return {
      ...{ protocol: 'unix', family, type: record.type, state, path: text(record.path) },
      ...{ refCount: number(record.refcount), flags: Number(record.flags), ...held },
    };
  }
  const localAlternates = list(record.local).slice(1);
  const remoteAlternates = list(record.remote).slice(1);
  const [, protocol, version] = /^([a-z]+)(46|6)?$/.exec(record.proto as string) ?? [];
  return {
    protocol,
    family,
    ...(version === '46' && { dualStack: true }),
    local: endpoint(record.local, record.lport),
    remote: endpoint(record.remote, record.rport),
    ...(localAlternates.length > 0 && { localAlternates }),
    ...(remoteAlternates.length > 0 && { remoteAlternates }),
    state: text(state),
    ...(record.assoc && { associationState: record.assoc }),
    recvQueue: number(record.recvq),
    sendQueue: number(record.sendq),
    timer: record.timer
      ? {
          kind: record.timer,
          expiresIn: number(record.expires),
          retransmits: number(record.retransmits),
          probes: number(record.probes),
        }
      : null,
    uid: number(record.user),
    ...held,
  };
}

function network(cell: string | undefined) {
  if (!cell) return null;
  const [address, length] = cell.split('/');
  return { address, prefixLength: Number(length) };
}

function route(record: CsvRecord) {
  return {
    family: record.family,
    destination: record.destination,
    prefixLength: Number(record.prefix),
    gateway: text(record.gateway),
    source: network(record.source),
    interface: text(record.interface),
    flags: record.flags,
    flagBits: Number(record.flagbits),
    metric: number(record.metric),
    refCount: number(record.refcount),
    useCount: number(record.usecount),
    mss: number(record.mss),
    window: number(record.window),
    irtt: number(record.irtt),
    mtu: number(record.mtu),
  };
}

function interfaceAddress(cell: string) {
  const [plain = '', label] = cell.split(' label ');
  const [address, ...words] = plain.split(' ');
  const word = (name: string) => text(words[words.indexOf(name) + 1 || words.length]);
  return {
    family: address?.includes(':') ? 'inet6' : 'inet',
    ...network(address),
    broadcast: word('broadcast'),
    peer: word('peer'),
    scope: word('scope'),
    ...(label !== undefined && { label }),
  };
}

function count(cell: string | undefined): bigint | null {
  return cell === '' || cell === undefined ? null : BigInt(cell);
}

function traffic(record: CsvRecord, way: 'rx' | 'tx') {
  return {
    bytes: count(record[`${way}bytes`]),
    packets: count(record[`${way}packets`]),
    errors: count(record[`${way}errors`]),
    dropped: count(record[`${way}dropped`]),
    overruns: count(record[`${way}overruns`]),
    frameOrCarrier: count(record[way === 'rx' ? 'rxframe' : 'txcarrier']),
  };
}

function netInterface(record: CsvRecord) {
  return {
    name: record.name,
    index: number(record.index),
    mtu: number(record.mtu),
    flags: record.flagbits === '' ? null : list(record.flags),
    flagBits: number(record.flagbits),
    linkType: text(record.linktype),
    hardwareAddress: text(record.hwaddr),
    txQueueLength: number(record.txqueuelen),
    collisions: count(record.collisions),
    multicast: count(record.multicast),
    compressedReceived: count(record.rxcompressed),
    compressedSent: count(record.txcompressed),
    received: traffic(record, 'rx'),
    sent: traffic(record, 'tx'),
    addresses: list(record.addresses).map(interfaceAddress),
  };
}

function group(record: CsvRecord) {
  const { family, interface: name, refcount } = record;
  return { family, interface: name, group: record.group, refCount: number(refcount) };
}

function counter(record: CsvRecord) {
  const { group: of, name, kind } = record;
  return {
    group: of,
    name,
    value: BigInt(record.value ?? ''),
    kind,
    meaning: text(record.meaning),
  };
}

export const fromCsv: { readonly [K in ReportKind]: (record: CsvRecord) => unknown } = {
  sockets: socket,
  routes: route,
  interfaces: netInterface,
  groups: group,
  statistics: counter,
};
