import type { InHost } from '../model/machine/place.ts';
import { type Attribute, textual } from './attribute.ts';

/** The machine of a row; `rows`: the definitions of those rows in the schema. */
export function hostAttribute<R extends InHost>(...rows: readonly string[]): Attribute<R> {
  const needs = ['machines'] as const;
  return textual<R>(
    {
      key: 'host',
      fact: 'machines',
      header: 'Host',
      meaning: 'The machine of the row, as `--on` names it; only if other machines are read.',
      fields: rows.map((row) => `${row}.host`),
      ...{ needs, sortNeeds: needs, filterNeeds: needs, onRequest: ['machines'] },
      width: 12,
      tone: 'strong',
    },
    ({ host }) => host,
  );
}
