import type { GroupSort, GroupSortKey } from '../../model/socket/group-order.ts';
import type { Grouping, SocketGroup } from '../../model/socket/grouping.ts';
import { countText } from '../../text/counted.ts';
import { safeText } from '../../text/safe-text.ts';
import { rateText } from './numbers.ts';
import type { ChoiceLine } from './state.ts';

/** A column of the groups, which is also what they can be sorted by. */
export interface GroupColumn {
  readonly key: GroupSortKey;
  readonly title: string;
  /** One sentence. */
  readonly meaning: string;
  /** The cell of a group: safe to show. */
  text(group: SocketGroup): string;
}

const nameTitles: Readonly<Record<Grouping, string>> = {
  program: 'Program',
  workload: 'Workload',
  host: 'Remote Host',
  port: "Server's Port",
  state: 'State',
};

/** All columns, the name last. */
export function groupColumns(grouping: Grouping): readonly GroupColumn[] {
  return [
    {
      key: 'count',
      title: 'Sockets',
      meaning: 'How many sockets it has.',
      text: ({ count }) => countText(count),
    },
    {
      key: 'established',
      title: 'Open',
      meaning: 'How many of them are established connections.',
      text: ({ established }) => countText(established),
    },
    {
      key: 'listening',
      title: 'Servers',
      meaning: 'How many of them are servers.',
      text: ({ listening }) => countText(listening),
    },
    {
      key: 'received',
      title: 'Recv',
      meaning: 'Bytes per second received by all of them.',
      text: ({ received }) => rateText(received),
    },
    {
      key: 'sent',
      title: 'Sent',
      meaning: 'Bytes per second sent by all of them.',
      text: ({ sent }) => rateText(sent),
    },
    {
      key: 'name',
      title: nameTitles[grouping],
      meaning: 'What its sockets have in common.',
      text: ({ name }) => (name === null ? '-' : safeText(name)),
    },
  ];
}

/** Everything that groups can be sorted by. */
export function groupSortChoices(grouping: Grouping, now: GroupSort): readonly ChoiceLine[] {
  return groupColumns(grouping).map(({ key, title, meaning }) => ({
    ...{ key, label: title, meaning },
    isOn: key === now.key,
  }));
}

/** The order of a choice: quantities are sorted from the largest. null: there is no such choice. */
export function groupSortBy(grouping: Grouping, choice: string): GroupSort | null {
  const column = groupColumns(grouping).find(({ key }) => key === choice);
  return column === undefined ? null : { key: column.key, descending: column.key !== 'name' };
}
