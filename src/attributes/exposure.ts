import { exposureKinds, exposureText } from '../model/exposure.ts';
import type { Socket } from '../model/socket.ts';
import { type Attribute, type Rest, textual } from './attribute.ts';

const needs = ['owners', 'exposure'] as const;
const asked = {
  ...{ needs, sortNeeds: needs, filterNeeds: needs, onRequest: ['exposure'], fact: 'exposure' },
} as const satisfies Partial<Rest<Socket>>;

/** From where a server can be reached. */
export const exposureAttributes: readonly Attribute<Socket>[] = [
  {
    ...textual(
      {
        key: 'exposure',
        header: 'Exposure',
        meaning:
          'How far a server can be reached: `loopback`, `host` (at an address of the network namespace that was asked about, as far as no firewall keeps others away), `published` (a port of the host leads to it, or it stands for a container: `published: 8080 → docker:web:80`), `internal` (of another network namespace, and no port of the host leads there), `unknown` (whether one does cannot be told).',
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
  textual(
    {
      key: 'exposurereason',
      header: 'Why Unknown',
      meaning: 'Why the exposure is `unknown`; null where it is another.',
      fields: ['exposure.reason'],
      long: true,
      tone: 'quiet',
      ...asked,
    },
    ({ exposure }) => exposure?.reason,
  ),
];
