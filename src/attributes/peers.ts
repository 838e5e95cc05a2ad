import { noOwners, type Owner } from '../model/socket/owner.ts';
import type { Socket } from '../model/socket/socket.ts';
import { workloadLabel, workloadWords } from '../model/socket/workload.ts';
import { type Attribute, needing, type Rest, textual } from './attribute.ts';
import { ofEach } from './of-each.ts';
import { workloadFilter } from './workload-filter.ts';

/** Shared properties: every socket and its owners must be read, and CSV has the columns only then. */
const asked = needing(['owners', 'peers'], ['peers']);

/** An attribute with one value for each owner of the other end. */
function ofPeers(
  rest: Rest<Socket>,
  pick: (owner: Owner) => number | string | null,
): Attribute<Socket> {
  return ofEach(({ peer }) => peer?.owners, { ...asked, ...rest }, pick);
}

const program = ofPeers(
  {
    key: 'peer',
    path: 'peer.owners[].program',
    header: 'Peer',
    meaning: 'The program at the other end of the connection, if it is on this machine.',
    long: true,
    width: 12,
    tone: 'strong',
    filter: { kind: 'program', of: 'peer' },
  },
  (owner) => owner.program,
);

/** The attributes of a connection's other end. */
export const peerAttributes: readonly Attribute<Socket>[] = [
  ofPeers(
    {
      key: 'peerpid',
      path: 'peer.owners[].pid',
      header: 'Peer PID',
      meaning: 'The process ID of that program.',
      align: 'right',
      width: 7,
      filter: { kind: 'pid', of: 'peer' },
    },
    (owner) => owner.pid,
  ),
  {
    ...program,
    show: (socket, context) => {
      const { peer } = socket;
      return peer?.noOwner ? `(${peer.noOwner})` : program.value(socket, context);
    },
  },
  textual(
    {
      key: 'peerworkload',
      fact: 'workloads',
      header: 'Peer Workload',
      meaning: 'The workload of the other end, if it is on this machine.',
      long: true,
      ...needing(['owners', 'peers', 'workloads'], ['peers', 'workloads']),
      isUnavailable: ({ peer }) => peer != null && !peer.workload && peer.noWorkload !== 'none',
      filter: workloadFilter(({ peer }) => (peer?.workload ? workloadWords(peer.workload) : [])),
    },
    ({ peer }) => (peer?.workload ? workloadLabel(peer.workload) : null),
  ),
  textual(
    {
      key: 'peernoowner',
      header: 'No Peer Owner',
      meaning:
        'Why no program is shown for the other end, although it is on this machine; values as in `noowner`. `none`: it is closed, or not accepted yet.',
      fields: ['peer.noOwner'],
      tone: 'quiet',
      isUnavailable: () => false,
      ...asked,
      filter: {
        kind: 'text',
        expected: 'a reason',
        words: noOwners,
        of: ({ peer }) => [peer?.noOwner ?? null],
      },
    },
    ({ peer }) => peer?.noOwner,
  ),
];
