import { lazily, lazilyFor } from '../../../flow/lazily.ts';
import { addTo } from '../../../model/add-to.ts';
import { isAnyAddress } from '../../../model/address/text.ts';
import { setUserAt, socketAt } from '../../../model/packed/sockets.ts';
import type { InetFamily } from '../../../model/protocol.ts';
import { keptDevice } from '../../../model/socket/device.ts';
import type { InetSocket } from '../../../model/socket/socket.ts';
import { errnoOf, type Proc, type SockDiag } from '../proc/proc.ts';
import { inetFiles } from '../proc-files.ts';
import { endsOf } from '../sockets/ends-of.ts';
import { inetRowParser } from '../sockets/inet-row.ts';
import { tableBlocks } from '../sockets/table-blocks.ts';
import type { Dump } from './dump.ts';
import type { DiagPack } from './message-packer.ts';
import { inetDump } from './row-dump.ts';
import { type InetRequest, listenState } from './sock-diag.ts';

/**
 * Finds the user of a handshake (`isHandshake`), which files show and the kernel's answer does not; null: not known.
 * `device`: the number of its interface, 0: none.
 */
export type HandshakeUser = (socket: InetSocket, device: number) => number | null;

/**
 * A handshake belongs to its listener's user. Listeners are requested when the first one comes, and the table's file
 * is read where one's listener is closed: the kernel drops its handshakes only when their SYN-ACK is due again, after a
 * second to a minute (net/ipv4/inet_connection_sock.c, reqsk_timer_handler), and only the file has their user.
 */
export function handshakeUsers(proc: Proc, ask: SockDiag): HandshakeUser {
  const listeners = lazily(() => listenersByPort(ask));
  const filed = lazilyFor((family: InetFamily) => usersInFile(proc, family));
  return (socket, device) => {
    const listener = listenerOf(socket, listeners().get(socket.local.port) ?? [], device);
    if (listener !== undefined) return listener.uid;
    return filed(socket.family).get(endsOf(socket)) ?? null;
  };
}

/** The answer's rows, with the users of handshakes. */
export function withUsers(dump: Dump<InetSocket[]>, userOf: HandshakeUser): Dump<InetSocket[]> {
  function* batches(): Generator<InetSocket[]> {
    for (const batch of dump.batches) {
      for (const socket of batch)
        if (socket.uid === null) giveUser(socket, userOf(socket, deviceIndex(socket)));
      yield batch;
    }
  }
  return { ...dump, batches: batches() };
}

/** The same for packed rows. */
export function packsWithUsers<D extends Dump<DiagPack>>(dump: D, userOf: HandshakeUser): D {
  function* batches(): Generator<DiagPack> {
    for (const pack of dump.batches) {
      for (const [row, device] of pack.handshakes) {
        setUserAt(pack, row, userOf(socketAt(pack, row), device));
      }
      yield pack;
    }
  }
  return { ...dump, batches: batches() };
}

function giveUser(socket: InetSocket, uid: number | null): void {
  (socket as { uid: number | null }).uid = uid;
}

/** The listener of a handshake among those on its port. */
function listenerOf(
  { local, family }: InetSocket,
  all: readonly InetSocket[],
  device: number,
): InetSocket | undefined {
  // A listener bound to the interface has precedence over others.
  const bound = device === 0 ? [] : all.filter((one) => deviceIndex(one) === device);
  const onPort = [...bound, ...all.filter((one) => deviceIndex(one) === 0)];
  return (
    onPort.find((one) => one.family === family && one.local.address === local.address) ??
    onPort.find((one) => one.local.address === mapped(local.address, family)) ??
    onPort.find((one) => one.family === family && isAnyAddress(one.local.address)) ??
    onPort.find((one) => isAnyAddress(one.local.address))
  );
}

const deviceIndex = (socket: InetSocket) => keptDevice(socket)?.index ?? 0;

function mapped(address: string, family: InetFamily): string {
  return family === 'inet' ? `::ffff:${address}` : address;
}

function listenersByPort(ask: SockDiag): ReadonlyMap<number, readonly InetSocket[]> {
  const byPort = new Map<number, InetSocket[]>();
  for (const family of ['inet', 'inet6'] as const) {
    const request: InetRequest = {
      ...{ family, protocol: 'tcp', states: listenState, attributes: [], sequence: 1 },
    };
    for (const batch of inetDump(ask, request, { devices: true }).batches) {
      for (const socket of batch) {
        addTo(byPort, socket.local.port, socket);
      }
    }
  }
  return byPort;
}

/** The users of a table's handshakes, by their ends, as far as its file tells: it may not be readable. */
function usersInFile(proc: Proc, family: InetFamily): ReadonlyMap<string, number | null> {
  const users = new Map<string, number | null>();
  const parse = inetRowParser('tcp', family, proc.littleEndian);
  try {
    for (const { bytes, end } of tableBlocks(proc.openTable(inetFiles.tcp[family]))) {
      for (let at = 0; at < end; ) {
        const newline = bytes.indexOf(newlineByte, at);
        const lineEnd = newline < 0 || newline > end ? end : newline;
        const row = parse(bytes, at, lineEnd);
        if (row?.state === 'SYN_RECV') users.set(endsOf(row), row.uid);
        at = lineEnd + 1;
      }
    }
  } catch (error) {
    // Any other error is a bug.
    if (errnoOf(error) === '') throw error;
  }
  return users;
}

const newlineByte = 10;
