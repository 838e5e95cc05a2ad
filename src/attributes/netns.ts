import { type InNetns, netnsText } from '../model/machine/netns.ts';
import { type Attribute, needing, textual } from './attribute.ts';

/** The network namespace of a row; `rows`: the definitions of those rows in the schema. */
export function netnsAttribute<R extends InNetns>(...rows: readonly string[]): Attribute<R> {
  return textual<R>(
    {
      key: 'netns',
      fact: 'netns',
      header: 'Netns',
      meaning:
        'The network namespace of the row, if `--all-netns`, `--netns` or this column asks for it (Linux): its name in `ip netns`; without one, or if a container runtime made it up, the container or unit in it; otherwise its number. `(own)` is the unnamed namespace of this program.',
      fields: rows.map((row) => `${row}.netns`),
      ...needing(['netns'], ['netns']),
      width: 12,
      tone: 'quiet',
      sort: ({ netns }) => netns?.name ?? netns?.inode ?? null,
    },
    ({ netns }) => netns && netnsText(netns),
  );
}
