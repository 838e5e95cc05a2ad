import { expect, it } from 'vitest';
import type { ReportKind, ReportRows } from '../../../../src/model/report/snapshot.ts';
import {
  group,
  inetSocket,
  netInterface,
  route,
  traffic,
  unixSocket,
} from '../../../support/builders.ts';
import type { Asked } from '../../../support/listing.ts';
import { shown } from './reports.ts';

/** A number that no other column has. */
const known = 7654321;

interface Case<K extends ReportKind> {
  readonly kind: K;
  readonly asked: Partial<Asked>;
  /** The row with this number, or without one. */
  readonly row: (value: number | null) => ReportRows[K];
}

const big = (value: number | null) => (value === null ? null : BigInt(value));
const untimed = { mss: null, window: null, irtt: null, mtu: null };
const way = (field: string) => (value: number | null) =>
  netInterface('eth0', { mtu: 1500, received: traffic({ [field]: big(value) }) });

/** Each number of a netstat layout that may not be known, whatever the platform. */
const cases: Readonly<Record<string, Case<ReportKind>>> = {
  'UNIX RefCnt': {
    kind: 'sockets',
    asked: { protocols: ['unix'] },
    row: (refCount) => unixSocket({ refCount }),
  },
  'UNIX I-Node': {
    kind: 'sockets',
    asked: { protocols: ['unix'] },
    row: (inode) => unixSocket({ inode }),
  },
  'Recv-Q': {
    kind: 'sockets',
    asked: { protocols: ['tcp'] },
    row: (recvQueue) => inetSocket({ recvQueue }),
  },
  'Send-Q': {
    kind: 'sockets',
    asked: { protocols: ['tcp'] },
    row: (sendQueue) => inetSocket({ sendQueue }),
  },
  ...Object.fromEntries(
    (['mss', 'window', 'irtt'] as const).map((field) => [
      `-r ${field}`,
      {
        kind: 'routes',
        asked: { families: ['inet'] },
        row: (value) => route({ ...untimed, [field]: value }),
      },
    ]),
  ),
  ...Object.fromEntries(
    (['metric', 'refCount', 'useCount'] as const).flatMap((field) => [
      [
        `-re ${field}`,
        {
          kind: 'routes',
          asked: { families: ['inet'], extend: 1 },
          row: (value) => route({ [field]: value }),
        },
      ],
      [
        `-6r ${field}`,
        {
          kind: 'routes',
          asked: { families: ['inet6'] },
          row: (value) =>
            route({ family: 'inet6', destination: '2001:db8::', gateway: null, [field]: value }),
        },
      ],
    ]),
  ),
  '-g RefCnt': {
    kind: 'groups',
    asked: {},
    row: (refCount) => group('eth0', '224.0.0.1', refCount),
  },
  '-i MTU': { kind: 'interfaces', asked: {}, row: (mtu) => netInterface('eth0', { mtu }) },
  ...Object.fromEntries(
    ['packets', 'errors', 'dropped', 'overruns'].map((field) => [
      `-i ${field}`,
      { kind: 'interfaces', asked: {}, row: way(field) },
    ]),
  ),
};

it.each(Object.entries(cases))('%s is - or blank where it is not known', async (_, of) => {
  const { kind, asked, row } = of;
  const words = async (value: number | null) => {
    const text = await shown(kind, [row(value)], { asked, facts: [] });
    return text.trimEnd().split('\n').at(-1)?.split(/\s+/) ?? [];
  };
  const [full, bare] = [await words(known), await words(null)];
  const at = full.indexOf(String(known));
  expect(at).toBeGreaterThanOrEqual(0);
  if (bare.length < full.length) expect(bare).toEqual(full.toSpliced(at, 1));
  else expect(bare).toEqual(full.with(at, '-'));
});
