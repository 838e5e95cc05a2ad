import type { Need } from '../model/request/needs.ts';
import type { Socket } from '../model/socket/socket.ts';

type LackingTest = (socket: Socket) => boolean;

/** Whether what a condition needs was not read of a row, as of one that was saved without it. */
const notRead: Partial<Readonly<Record<Need, LackingTest>>> = {
  owners: ({ owners }) => owners === null,
  peers: (socket) => !('peer' in socket),
  workloads: ({ workload }) => workload === undefined,
  exposure: (socket) => !('exposure' in socket),
  netns: (socket) => !('netns' in socket),
  machines: (socket) => !('host' in socket),
  tcpInfo: (socket) => socket.protocol === 'tcp' && !('tcpInfo' in socket),
  socketInfo: (socket) => !('memory' in socket),
  unixQueues: (socket) => socket.protocol === 'unix' && !('recvQueue' in socket),
  rates: (socket) => socket.protocol === 'tcp' && !('rates' in socket),
  createdAt: (socket) => socket.protocol !== 'unix' && !('createdAt' in socket),
};

/** Whether any of these needs was not read of a row. */
export function lackingAnyOf(needs: readonly Need[]): LackingTest {
  const tests = needs.flatMap((need) => notRead[need] ?? []);
  return (socket) => tests.some((isLacking) => isLacking(socket));
}
