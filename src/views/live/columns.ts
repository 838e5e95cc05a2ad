import type { Attribute } from '../../attributes/attribute.ts';
import { attributeNamed, firstToGo, pickColumns, tableKeys } from '../../attributes/index.ts';
import type { Listing } from '../../model/request/listing.ts';
import { sortKeyOf } from '../../model/request/query.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { widened } from '../../text/widened.ts';

/** All columns that a listing asks for, in one table for Internet and UNIX sockets. */
export function askedColumns(listing: Listing): readonly string[] {
  const { query, view } = listing;
  if (view.columns !== null) return view.columns;
  // Sorted rows share one table.
  const together = { ...listing, query: { ...query, sort: ['proto'] } };
  return tableKeys('sockets', together)(null);
}

/** The same, and the column of the sort key. */
export function shownColumns(listing: Listing): readonly string[] {
  const keys = askedColumns(listing);
  const name = sortColumn(listing);
  return name === '' || keys.some((key) => isSameColumn(key, name)) ? keys : [...keys, name];
}

/** The column that shows the first sort key: its own, or Proto, which shows the family too. `''`: not sorted. */
export function sortColumn(listing: Listing): string {
  const { name } = sortKeyOf(listing.query.sort[0] ?? '');
  const keys = askedColumns(listing);
  return name === 'family' && keys.includes('proto') && !keys.includes(name) ? 'proto' : name;
}

/** Whether two names mean the same column. */
export function isSameColumn(one: string, other: string): boolean {
  if (one === other) return true;
  const attribute = other === '' ? undefined : attributeNamed('sockets', other);
  return attribute !== undefined && attribute.key === attributeNamed('sockets', one)?.key;
}

/** A column and its width on the screen. */
export interface ShownColumn {
  readonly attribute: Attribute<Socket>;
  readonly width: number;
}

/** The blanks between two columns. */
export const gap = 1;
/** Long text is not narrower than this while other columns can be left out; an IPv4 address and port stay whole. */
const narrowLong = 12;
const narrowEnd = 21;
/** The minimum in any case: an address keeps its port. */
const narrowest = 8;
/**
 * The columns that go after all others, in this order. A remote address that is cut beyond reading is worth less than
 * the room.
 */
const lastToGo: readonly string[] = ['dst', 'state', 'src'];

/** A column that may be shown. */
interface Column {
  readonly attribute: Attribute<Socket>;
  /** The width of its widest cell. */
  readonly need: number;
  /** The width that it must have. */
  least: number;
}

/**
 * The columns that fit into `room`, with their widths. `needed`: the widest cell of each, including its header;
 * `stays`: the sort key's. Columns are left out in the order that attributes give, then others from the right and those
 * of `lastToGo`; those that the user named from the right; long texts are cut, numbers never.
 */
export function fittingColumns(
  keys: readonly string[],
  needed: readonly number[],
  room: number,
  areNamed: boolean,
  stays = '',
): readonly ShownColumn[] {
  const attributes = pickColumns('sockets', keys);
  const all = attributes.map((attribute, at): Column => {
    const need = needed[at] ?? attribute.header.length;
    const narrow = attribute.filter?.kind === 'host' ? narrowEnd : narrowLong;
    return { attribute, need, least: attribute.long ? Math.min(need, narrow) : need };
  });
  const goes = areNamed
    ? []
    : firstToGo('sockets').flatMap((key) =>
        all.filter(({ attribute }) => attribute.key === key && key !== stays),
      );
  let shown: readonly Column[] = all;
  const fits = () => widthOf(shown) <= room;
  // None comes back into what room is left: as a window shrinks, columns would come and go.
  const leaveOut = (mayGo: readonly Column[]) => {
    for (const next of mayGo) {
      if (fits()) return;
      shown = shown.filter((one) => one !== next);
    }
  };
  const narrow = (mayBe: (attribute: Attribute<Socket>) => boolean) => {
    for (const one of all) {
      if (one.attribute.long && mayBe(one.attribute)) one.least = Math.min(one.need, narrowest);
    }
  };
  leaveOut(goes);
  if (!fits() && !areNamed) {
    narrow(({ filter }) => filter?.kind !== 'host');
    const others = shown.filter(({ attribute }) => attribute.key !== stays);
    leaveOut(lastOf(others));
  }
  if (!fits()) narrow(() => true);
  const fromRight = shown.toReversed().filter(({ attribute }) => attribute.key !== stays);
  leaveOut(fromRight.slice(0, shown.length - 1));
  const least = shown.map((one) => one.least);
  const needs = shown.map(({ need }) => need);
  const widths = widened(least, needs, room - widthOf(shown));
  return shown.map(({ attribute }, at) => ({ attribute, width: widths[at] as number }));
}

/** The width of these columns together. */
function widthOf(columns: readonly Column[]): number {
  const gaps = Math.max(0, columns.length - 1) * gap;
  return columns.reduce((sum, { least }) => sum + least, gaps);
}

/** These columns from the right, but those of `lastToGo` behind the others; one is left. */
function lastOf(columns: readonly Column[]): readonly Column[] {
  const rank = ({ attribute }: Column) => lastToGo.indexOf(attribute.key);
  return columns
    .toReversed()
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, -1);
}
