import type { NetInterface } from '../../../src/model/machine/interface.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { inet, netInterface, owner } from '../../support/builders.ts';

/** Names that a hostile or merely odd program may give itself, and that may be offered. */
export const oddNames = [
  'no$(touch spoiled)',
  'no`touch spoiled`',
  'no;touch spoiled',
  'no&touch spoiled',
  'no>spoiled',
  "no'touch spoiled'",
  'no"quoted"',
  'no\\back\\x',
  'no*',
  'no{a,b}',
  'no#comment',
  'no|cat',
  'no~é',
] as const;

/** Those that no terminal should see. */
const unsafeNames = ['no\ntouch spoiled', '\u001b[31mred', 'no\ttab', 'no\u202etxt'] as const;

const programs = ['nginx: master', 'node', 'postgres', ...oddNames, ...unsafeNames];

/** The interfaces that there are. */
export const interfaces: readonly NetInterface[] = ['lo', 'eth0', 'eth1'].map((name) =>
  netInterface(name),
);

/** What is live where shells ask in tests. */
export const machine: readonly Socket[] = [
  inet('0.0.0.0:22', '0.0.0.0', { owners: [owner(700, 'sshd'), owner(9, 'sshd')] }),
  inet('0.0.0.0:80', '0.0.0.0', { owners: [owner(701, 'nginx: master')] }),
  inet('127.0.0.1:443', '0.0.0.0', { owners: [owner(701, 'nginx: master')] }),
  inet('192.0.2.1:4430', '192.0.2.2:5432', {
    owners: [owner(702, 'node'), owner(703, 'postgres')],
  }),
  inet('192.0.2.1:49152', '192.0.2.2:443', { owners: [], noOwner: 'denied' }),
  ...programs.map((name, at) =>
    inet('192.0.2.1:4430', '192.0.2.2:5432', { owners: [owner(800 + at, name)] }),
  ),
];
