import type { InHost } from '../model/machine/place.ts';
import { type Attribute, needing, textual } from './attribute.ts';

/** The machine of a row; `rows`: the definitions of those rows in the schema. */
export function hostAttribute<R extends InHost>(...rows: readonly string[]): Attribute<R> {
  return textual<R>(
    {
      key: 'host',
      fact: 'machines',
      header: 'Host',
      meaning: 'The machine of the row, as `--on` names it; only if other machines are read.',
      fields: rows.map((row) => `${row}.host`),
      ...needing(['machines'], ['machines']),
      width: 12,
      tone: 'strong',
    },
    ({ host }) => host,
  );
}
