import { lacks, type Owner, type ProcessFacts } from '../model/socket/owner.ts';
import type { Socket } from '../model/socket/socket.ts';
import { ageAt, timeAgo } from './age.ts';
import { type Attribute, needing, type Rest } from './attribute.ts';
import { ofEach, textOfEach, unknownOf } from './of-each.ts';

const needs = ['owners', 'ownerDetails'] as const;

const asked = {
  ...needing(needs),
  fact: 'processFacts',
  derived: true,
} as const;

/** An attribute with one value for each owner, which needs the owners' details. */
function ofProcesses(
  fact: keyof ProcessFacts,
  rest: Rest<Socket>,
  pick: (owner: Owner) => number | string | null,
): Attribute<Socket> {
  const isUnavailable = unknownOf(lacks[fact]);
  return ofEach(({ owners }) => owners, { ...asked, isUnavailable, ...rest }, pick);
}

/** `systemd/sshd/bash`; a process without a name is shown by its PID. */
function parentsText({ parents }: Owner): string | null {
  return parents ? parents.map(({ pid, name }) => name ?? String(pid)).join('/') : null;
}

function deletedText({ executableDeleted = null }: Owner): 'yes' | 'no' | null {
  return executableDeleted === null ? null : executableDeleted ? 'yes' : 'no';
}

/** The attributes of the processes that hold a socket, beyond their names. */
export const processAttributes: readonly Attribute<Socket>[] = [
  ofProcesses(
    'startedAt',
    {
      key: 'started',
      header: 'Started',
      meaning: 'When the process started: ISO 8601, UTC, to the second (Linux); null if not known.',
      fields: ['owner.startedAt'],
      width: 24,
      filter: {
        kind: 'numbers',
        ...timeAgo,
        of: ({ owners }, readAt) =>
          owners?.map(({ startedAt }) => ageAt(startedAt ?? null, readAt)) ?? [],
      },
    },
    ({ startedAt }) => startedAt ?? null,
  ),
  {
    ...ofProcesses(
      'uid',
      {
        key: 'euser',
        header: 'Process User',
        meaning: 'The effective user of the process (Linux); null if not known.',
        fields: ['owner.uid'],
        width: 12,
        needs: [...needs, 'userNames'],
        filter: { kind: 'process-user' },
      },
      ({ uid }) => uid ?? null,
    ),
    show: ({ owners }, { names }) =>
      owners?.map(({ uid }) =>
        uid === null || uid === undefined ? '' : (names.user(uid) ?? String(uid)),
      ) ?? '',
  },
  ofProcesses(
    'parents',
    {
      key: 'parents',
      path: 'owners[].parents',
      header: 'Parents',
      meaning:
        'The ancestors of the process, topmost first, by their names in the kernel: `systemd/sshd/bash` (Linux); null if not known.',
      long: true,
      width: 20,
      filter: {
        kind: 'text',
        expected: "an ancestor's name",
        of: ({ owners }) =>
          (owners ?? []).flatMap(({ parents }) => (parents ?? []).map(({ name }) => name)),
      },
    },
    parentsText,
  ),
  ofProcesses(
    'executableDeleted',
    {
      key: 'deleted',
      path: 'owners[].executableDeleted',
      header: 'Deleted',
      meaning:
        "`yes` if the process's executable was deleted or replaced (Linux); null if not known.",
      filter: textOfEach('yes or no', deletedText, ['yes', 'no']),
    },
    deletedText,
  ),
];
