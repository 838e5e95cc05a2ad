import type { Group } from '../model/group.ts';
import { type Column, numeral, type ReportColumns } from './attribute.ts';

const columns: readonly Column<Group>[] = [
  { key: 'family', header: 'Family', align: 'left', tone: 'quiet', value: ({ family }) => family },
  {
    key: 'interface',
    header: 'Interface',
    align: 'left',
    width: 15,
    tone: 'strong',
    value: (group) => group.interface,
  },
  { key: 'refcount', header: 'RefCnt', align: 'right', value: ({ refCount }) => numeral(refCount) },
  {
    key: 'group',
    header: 'Group',
    align: 'left',
    long: true,
    width: 15,
    value: ({ group }) => group,
    show: ({ group }, { names }) => names.host(group) ?? group,
  },
];

const keys = ['interface', 'refcount', 'group'];

/** The columns of multicast memberships. */
export const groupColumns: ReportColumns<Group> = { columns, tableKeys: () => () => keys };
