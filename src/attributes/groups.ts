import { addressSortKey } from '../model/address/order.ts';
import type { Group } from '../model/machine/multicast-group.ts';
import { type Attribute, numeric, type ReportAttributes, textual } from './attribute.ts';
import { hostAttribute } from './host.ts';
import { netnsAttribute } from './netns.ts';

const attributes: readonly Attribute<Group>[] = [
  textual(
    {
      key: 'family',
      header: 'Family',
      meaning: 'IPv4 or IPv6.',
      fields: ['group.family'],
      tone: 'quiet',
    },
    ({ family }) => family,
  ),
  textual(
    {
      key: 'interface',
      aliases: ['iface'],
      header: 'Interface',
      meaning: "The interface's name.",
      fields: ['group.interface'],
      width: 15,
      tone: 'strong',
    },
    (group) => group.interface,
  ),
  numeric(
    {
      key: 'refcount',
      header: 'RefCnt',
      meaning:
        'Number of memberships counted by the kernel, negative if it reports that; null if not known.',
      fields: ['group.refCount'],
    },
    ({ refCount }) => refCount,
  ),
  {
    key: 'group',
    header: 'Group',
    meaning: 'Canonical address of the group.',
    fields: ['group.group'],
    align: 'left',
    long: true,
    width: 15,
    needs: ['hostNames'],
    value: ({ group }) => group,
    show: ({ group }, { names }) => names.host(group) ?? group,
    sort: ({ group }) => addressSortKey(group),
  },
  netnsAttribute('group'),
  hostAttribute('group'),
];

const keys = ['interface', 'refcount', 'group'];

/** The attributes of multicast memberships. */
export const groupAttributes: ReportAttributes<Group> = {
  attributes,
  tableKeys({ view }) {
    const shown = view.withNetns ? [...keys, 'netns'] : keys;
    return () => shown;
  },
  firstToGo: ['refcount'],
};
