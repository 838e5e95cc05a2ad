import type { Counter } from '../model/machine/counter.ts';
import type { Listing } from '../model/request/listing.ts';
import { type Attribute, numeric, type ReportAttributes, textual } from './attribute.ts';
import { counterRate } from './counter-rate.ts';
import { hostAttribute } from './host.ts';
import { netnsAttribute } from './netns.ts';

const attributes: readonly Attribute<Counter>[] = [
  textual(
    {
      key: 'group',
      header: 'Group',
      meaning: "The kernel's group for it: `Ip`, `Icmp`, `Tcp`, `Udp`, `Ip6`, `TcpExt`.",
      fields: ['counter.group'],
      width: 7,
    },
    ({ group }) => group,
  ),
  textual(
    {
      key: 'name',
      header: 'Counter',
      meaning: 'MIB name: `InSegs`, `RetransSegs`.',
      fields: ['counter.name'],
      long: true,
      width: 20,
      tone: 'strong',
    },
    ({ name }) => name,
  ),
  numeric(
    {
      key: 'value',
      header: 'Value',
      meaning:
        'Value since boot, or since the network namespace was created. Exact to 64 bits; JSON readers that use doubles lose the last digits above 2^53.',
      fields: ['counter.value'],
      width: 10,
    },
    ({ value }) => value,
  ),
  textual(
    {
      key: 'kind',
      header: 'Kind',
      meaning:
        'A counter only grows; a gauge is a current value (`CurrEstab`) or a setting (`RtoMin`, in ms).',
      fields: ['counter.kind'],
      tone: 'quiet',
    },
    ({ kind }) => kind,
  ),
  textual(
    {
      key: 'meaning',
      header: 'Meaning',
      meaning: 'What it counts; null if this version has no description.',
      fields: ['counter.meaning'],
      long: true,
      width: 40,
    },
    ({ meaning }) => meaning,
  ),
  {
    key: 'rate',
    header: 'Per Second',
    meaning:
      'With -c: change per second since the previous round; null: the first round, a gauge, or a counter that is new or was reset.',
    fields: ['counter.rate'],
    unit: 'per second',
    needs: ['previousRound'],
    onRequest: ['previousRound'],
    align: 'right',
    value: (counter, { previous }) => String(counterRate(counter, previous) ?? ''),
  },
  netnsAttribute('counter'),
  hostAttribute('counter'),
];

function tableKeys({
  schedule,
  view,
}: Pick<Listing, 'schedule' | 'view'>): () => readonly string[] {
  const keys = [
    ...['group', 'name', 'value'],
    ...(schedule.interval === null ? [] : ['rate']),
    'meaning',
    ...(view.withNetns ? ['netns'] : []),
  ];
  return () => keys;
}

/** The attributes of protocol counters. */
export const statisticsAttributes: ReportAttributes<Counter> = {
  attributes,
  tableKeys,
  firstToGo: ['group', 'rate'],
  isMinor: ({ value }) => value === 0n,
};
