import type { Need } from '../model/request/needs.ts';
import type { Socket } from '../model/socket/socket.ts';
import { type Condition, unseenAnswer } from './condition.ts';
import type { Fit } from './selection.ts';

/** Whether a row lacks what a condition needs: it was not read, or could not be seen. */
const lacks: Partial<Readonly<Record<Need, (socket: Socket) => boolean>>> = {
  owners: ({ owners, noOwner }) => owners === null || (owners.length === 0 && noOwner === 'denied'),
  peers: (socket) => !('peer' in socket),
  workloads: ({ workload, noWorkload }) =>
    workload === undefined || noWorkload === 'denied' || noWorkload === 'unknown',
  exposure: (socket) => !('exposure' in socket),
  netns: (socket) => !('netns' in socket),
  hosts: (socket) => !('host' in socket),
  tcpInfo: (socket) => socket.protocol === 'tcp' && !('tcpInfo' in socket),
  socketInfo: (socket) => !('memory' in socket),
  unixQueues: (socket) => socket.protocol === 'unix' && !('recvQueue' in socket),
  rates: (socket) => socket.protocol === 'tcp' && !('rates' in socket),
  createdAt: (socket) => socket.protocol !== 'unix' && !('createdAt' in socket),
};

/** The answer as a word; null is unknown. */
export function fitWord(fits: boolean | null): Fit {
  return fits === null ? 'unknown' : fits ? 'yes' : 'no';
}

/**
 * Evaluates a condition on rows that may lack what it needs. `asksUsers`: it involves users, which not every
 * platform reports.
 */
export function fitOf(condition: Condition, asksUsers: boolean): (row: Socket) => Fit {
  const { needs, isLate, test, possible, certain } = condition;
  const lacking = needs.flatMap((need) => lacks[need] ?? []);
  return (socket) => {
    if (asksUsers && socket.protocol !== 'unix' && socket.uid === null) {
      const fits = unseenAnswer(condition, socket);
      return fits && lacking.some((isLacking) => isLacking(socket)) ? 'unknown' : fitWord(fits);
    }
    if (!lacking.some((isLacking) => isLacking(socket))) return test(socket) ? 'yes' : 'no';
    if (!isLate) return 'unknown';
    if (certain(socket)) return 'yes';
    return possible(socket) ? 'unknown' : 'no';
  };
}
