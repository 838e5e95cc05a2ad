import { inetProtocols } from '../model/protocol.ts';
import {
  exposureKinds,
  exposureText,
  mayBeForOthers,
  publishedFor,
} from '../model/socket/exposure.ts';
import type { Socket } from '../model/socket/socket.ts';
import { workloadWords } from '../model/socket/workload.ts';
import { type Attribute, needing, type Rest, textual } from './attribute.ts';
import { workloadFilter } from './workload-filter.ts';

const asked = {
  ...needing(['exposure'], ['exposure']),
  fact: 'exposure',
  protocols: inetProtocols,
} as const satisfies Partial<Rest<Socket>>;

/** From where a server can be reached. */
export const exposureAttributes: readonly Attribute<Socket>[] = [
  {
    ...textual(
      {
        key: 'exposure',
        path: 'exposure.kind',
        header: 'Exposure',
        meaning:
          'From where a server can be reached: `loopback`, `host` (at an address of this network namespace, unless a firewall blocks it), `published` (a port of the host is forwarded to it, or it forwards to a container: `published: 8080 → docker:web:80`), `internal` (in another network namespace, and no port of the host is forwarded to it), `nowhere` (its address or interface is gone), `unknown` (forwarding cannot be determined).',
        long: true,
        width: 10,
        ...asked,
        sort: ({ exposure }) => exposure?.kind ?? null,
      },
      ({ exposure }) => exposure && exposureText(exposure),
    ),
    filter: {
      kind: 'text',
      expected: 'an exposure',
      words: exposureKinds,
      of: ({ exposure }) => [exposure?.kind ?? null],
    },
  },
  {
    key: 'publishedfor',
    header: 'Published For',
    meaning:
      'The workloads, mostly containers, that a port of the host is published for: on the row of the proxy that listens there, and with `--all-netns` on those of the container. Names as in `workload`.',
    fields: ['exposure.workloads'],
    align: 'left',
    long: true,
    width: 13,
    derived: true,
    ...asked,
    value: ({ exposure }) => (exposure ? publishedFor(exposure) : []),
    sort: ({ exposure }) => (exposure ? (publishedFor(exposure)[0] ?? null) : null),
    isUnavailable: ({ exposure }) => exposure != null && mayBeForOthers(exposure),
    filter: workloadFilter(({ exposure }) =>
      exposure
        ? [...publishedFor(exposure), ...(exposure.workloads ?? []).flatMap(workloadWords)]
        : [],
    ),
  },
  textual(
    {
      key: 'exposurereason',
      header: 'Why Unknown',
      meaning: 'Why the exposure is `unknown`; otherwise null.',
      fields: ['exposure.reason'],
      long: true,
      tone: 'quiet',
      ...asked,
      filter: {
        kind: 'text',
        expected: 'a reason',
        of: ({ exposure }) => [exposure?.reason ?? null],
      },
    },
    ({ exposure }) => exposure?.reason,
  ),
];
