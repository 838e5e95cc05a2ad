import { isNetstatError, NetstatError } from '../errors.ts';
import { allOf } from '../flow/all-of.ts';
import { lazily } from '../flow/lazily.ts';
import type { NetInterface } from '../model/machine/interface.ts';
import type { Batches, Reading, Source } from '../sources/source.ts';

/** Maximum number of interface names in a message. */
const maxNames = 20;

/** Names and indexes of the existing interfaces; null if they are not known. */
export async function interfaceNames(source: Source): Promise<ReadonlySet<string> | null> {
  if (!source.reports.includes('interfaces')) return null;
  const known = new Set<string>();
  try {
    const query = { report: 'interfaces', families: [] } as const;
    for await (const batch of source.read(query, { warn: () => undefined }).batches) {
      for (const { name, index } of batch) {
        known.add(name);
        if (index !== null) known.add(String(index));
      }
    }
  } catch (error) {
    if (!isNetstatError(error)) throw error;
    return null;
  }
  return known.size > 0 ? known : null;
}

/**
 * Whether none of the names is there, so that they may be a condition; behind `dev` one that is there belongs to it.
 */
function mayBeCondition(names: readonly string[], there: ReadonlySet<string>): boolean {
  if (names[0] === undefined || there.has(names[0])) return false;
  const isOfInterface = /^(?:not )?dev(?:ice)? /i.test(names.join(' '));
  return isOfInterface || !names.some((name) => there.has(name));
}

/**
 * The interfaces with these names. A missing one is reported before any is shown; so is an expression, which is about
 * sockets, whatever may be missing.
 */
export function namedInterfaces(
  reading: Reading<NetInterface>,
  names: readonly string[],
  mayBeMissing: boolean,
): Reading<NetInterface> {
  const once = lazily(async () => {
    const all = await allOf(reading.batches);
    const there = new Set(all.map(({ name }) => name));
    const missing = names.find((name) => !there.has(name));
    const isCondition =
      mayBeCondition(names, there) &&
      (await import('../select/expression/words.ts')).areCondition(names);
    if (missing !== undefined && (isCondition || !mayBeMissing)) {
      const known = [...there].slice(0, maxNames).join(', ');
      const rest = there.size > maxNames ? ' and others' : '';
      const words = missing.split(',').join(' ');
      const hint = words === missing ? '' : ` (several are separate words: ${words})`;
      throw new NetstatError(
        'usage',
        `${missing}: there is no interface of that name; there are ${known}${rest}${hint}`,
        { path: 'names', about: isCondition ? 'expression' : 'interfaces' },
      );
    }
    return all.filter(({ name }) => names.includes(name));
  });
  async function* batches(): Batches<NetInterface> {
    const rows = await once();
    if (rows.length > 0) yield rows;
  }
  return {
    begun: async () => {
      await once();
    },
    batches: batches(),
  };
}
