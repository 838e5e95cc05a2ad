import { type Attribute, factsOfNeeds } from '../../attributes/attribute.ts';
import { attributeNamed, attributesOf } from '../../attributes/index.ts';
import type { Fact } from '../../model/report/facts.ts';
import type { Listing } from '../../model/request/listing.ts';
import { sortKeyOf } from '../../model/request/query.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { askedColumns } from './columns.ts';
import type { ChoiceLine } from './state.ts';

/** The key of the choice "kernel's order". */
const unsorted = '';

/** Whether the source provides an attribute; if not it stays empty, or asking for it is an error. */
export function isProvided(
  { fact, needs = [] }: Attribute<Socket>,
  facts: readonly Fact[],
): boolean {
  const asked = [...(fact === undefined ? [] : [fact]), ...factsOfNeeds(needs)];
  return asked.every((one) => facts.includes(one));
}

function providedAttributes(facts: readonly Fact[]): readonly Attribute<Socket>[] {
  return attributesOf('sockets').filter((one) => one.key !== 'taken' && isProvided(one, facts));
}

/** Every column as a choice; those shown are on. */
export function columnChoices(asked: Listing, facts: readonly Fact[]): readonly ChoiceLine[] {
  const shown = new Set(keysOf(askedColumns(asked)));
  return providedAttributes(facts).map(({ key, header, meaning }) => ({
    key,
    label: key,
    title: header,
    meaning,
    isOn: shown.has(key),
  }));
}

/** Everything that rows can be sorted by, the kernel's order first. */
export function sortChoices({ query }: Listing, facts: readonly Fact[]): readonly ChoiceLine[] {
  const [now = ''] = query.sort;
  const [sorted] = keysOf([sortKeyOf(now).name]);
  const order: ChoiceLine = {
    key: unsorted,
    label: 'not sorted',
    meaning: 'As the kernel lists them.',
    isOn: sorted === '',
  };
  return [
    order,
    ...providedAttributes(facts)
      .filter(({ sort }) => sort !== undefined)
      .map(({ key, header, meaning }) => ({
        key,
        label: key,
        title: header,
        meaning,
        isOn: key === sorted,
      })),
  ];
}

/** The --sort value of a choice: quantities are sorted from the largest. */
export function sortBy(key: string): readonly string[] {
  if (key === unsorted) return [];
  const attribute = attributesOf('sockets').find((one) => one.key === key);
  return [attribute?.unit === undefined ? key : `-${key}`];
}

/**
 * The --columns value of the choices: columns already shown keep their order, others follow. null: the default
 * columns, or none.
 */
export function columnsChosen(
  asked: Listing,
  choices: readonly ChoiceLine[],
): readonly string[] | null {
  const on = choices.filter(({ isOn }) => isOn).map(({ key }) => key);
  const own = keysOf(askedColumns({ ...asked, view: { ...asked.view, columns: null } }));
  const isOwn = on.length === own.length && own.every((key) => on.includes(key));
  if (on.length === 0 || isOwn) return null;
  const before = keysOf(askedColumns(asked));
  return [
    ...before.filter((key) => on.includes(key)),
    ...on.filter((key) => !before.includes(key)),
  ];
}

/** The keys of columns or sort keys, whichever names they have. */
function keysOf(names: readonly string[]): readonly string[] {
  return names.map((name) => attributeNamed('sockets', name)?.key ?? name);
}
