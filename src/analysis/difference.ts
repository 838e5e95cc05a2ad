import { addTo } from '../model/add-to.ts';
import type {
  Changed,
  ComparedReport,
  Difference,
  FieldChange,
  Replaced,
} from '../model/difference.ts';
import type { ReportRows } from '../model/snapshot.ts';
import { type Identity, type IdentityRule, identityRules, type OwnersKnown } from './identity.ts';

/** How two answers may be compared. */
export interface DifferenceOptions {
  /** The rows are from one machine, so that processes and inodes can be compared. Default true. */
  readonly isSameMachine?: boolean | undefined;
}

/** Takes the rows of two answers, and returns what differs. */
export interface Differ<K extends ComparedReport> {
  /** `isUndecided`: it is unknown whether the row is among those compared; on its own it is no difference. */
  before(row: ReportRows[K], isUndecided?: boolean): void;
  /** The same for a row of the second answer; call after all of `before`. Unchanged rows are not kept. */
  after(row: ReportRows[K], isUndecided?: boolean): void;
  difference(): Difference<K>;
}

/** Rows of one side and place that cannot be distinguished, such as those of workers that share a port. */
interface Entry<R> {
  /** Emptied once it is known that they will not be reported. */
  rows: R[];
  /** None of its rows is known to be among those compared. */
  isUndecided: boolean;
  /** The least that is known of the owners of any of its rows. */
  owners: OwnersKnown;
}

/** The parts that are compared, shared by all rows with the same ones. */
interface Kind<R> {
  readonly parts: readonly (string | null)[];
  /** The parts as one string. */
  readonly key: string;
  /** By place. */
  readonly known: Map<string, Known<R>>;
}

/** What both sides have under one identity. */
interface Known<R> {
  readonly place: string;
  readonly kind: Kind<R>;
  before: Entry<R> | null;
  after: Entry<R> | null;
  /** Both sides have it, and some of its rows have lasted, or may have. */
  isLasting: boolean;
  /** The words of `IdentityRule.lives` that would show that a row has lasted. null: not looked up yet. */
  lives: ReadonlySet<string> | null;
}

type Side = 'before' | 'after';

/** One side's entry under an identity. */
interface SideEntry<R> extends Entry<R> {
  readonly known: Known<R>;
  /** The other side has the same, as far as is known. */
  isMet: boolean;
}

/** A difference being collected. */
interface Found<R> {
  added: SideEntry<R>[];
  removed: SideEntry<R>[];
  readonly changed: Changed<R>[];
  readonly replaced: Replaced<R>[];
  /** Places where owners could not be compared, and whether one side knows them there. */
  readonly blind: Map<string, boolean>;
  undecided: number;
}

/** What differs between the rows of two answers: see `differ`. */
export function differenceOf<K extends ComparedReport>(
  report: K,
  before: readonly ReportRows[K][],
  after: readonly ReportRows[K][],
  options: DifferenceOptions = {},
): Difference<K> {
  const one = differ(report, options);
  for (const row of before) one.before(row);
  for (const row of after) one.after(row);
  return one.difference();
}

/**
 * Finds what differs between the rows of two answers. Rows are recognized by `identityRules`; several that cannot
 * be distinguished count as one. Each row is looked at a fixed number of times; the differences are sorted. The order
 * of the rows does not matter, and exchanging the answers exchanges the result.
 */
export function differ<K extends ComparedReport>(
  report: K,
  { isSameMachine = true }: DifferenceOptions = {},
): Differ<K> {
  type R = ReportRows[K];
  const rule = identityRules[report] as unknown as IdentityRule<R>;
  /** By `Kind.key`. */
  const kinds = new Map<string, Kind<R>>();
  let unnamed = 0;
  const knownBy = (row: R) => {
    const identity = rule.identify(row);
    if (identity === null) unnamed++;
    return identity === null ? null : { known: placed(kinds, identity), owners: identity.owners };
  };
  return {
    before(row, isUndecided = false) {
      const found = knownBy(row);
      if (found !== null) put(found.known, 'before', row, found.owners, isUndecided);
    },
    after(row, isUndecided = false) {
      const found = knownBy(row);
      if (found === null) return;
      noteLasting(found.known, row, rule, isSameMachine);
      put(found.known, 'after', row, found.owners, isUndecided);
    },
    difference: () => differenceIn(report, [...kinds.values()], rule, unnamed),
  };
}

function differenceIn<K extends ComparedReport>(
  report: K,
  kinds: readonly Kind<ReportRows[K]>[],
  rule: IdentityRule<ReportRows[K]>,
  unnamed: number,
): Difference<K> {
  type R = ReportRows[K];
  const found: Found<R> = {
    ...{ added: [], removed: [], changed: [], replaced: [] },
    ...{ blind: new Map(), undecided: 0 },
  };
  const open = new Set<string>();
  for (const known of allOf(kinds)) {
    const { before: then, after: now } = known;
    if (then === null || now === null) {
      open.add(known.place);
      continue;
    }
    noteBlind(known.place, then, now, found);
    if (isReplaced(known, now, rule)) {
      found.replaced.push({ before: shownRow(then), after: shownRow(now) });
    }
  }
  if (open.size > 0) {
    for (const place of placesOf(allOf(kinds), open).values()) comparePlace(place, rule, found);
  }
  if (rule.moved !== null) findMoved(found, rule);
  const { order } = rule;
  return {
    report,
    added: sorted(found.added.map(shownRow), order, textOf),
    removed: sorted(found.removed.map(shownRow), order, textOf),
    changed: sorted(found.changed, ...pairOrder(order)),
    replaced: sorted(found.replaced, ...pairOrder(order)),
    notCompared: { ...blindPlaces(found), unnamed, undecided: found.undecided },
  };
}

function* allOf<R>(kinds: readonly Kind<R>[]): Generator<Known<R>> {
  for (const { known } of kinds) yield* known.values();
}

const doubts: Readonly<Record<OwnersKnown, number>> = { known: 0, none: 1, unknown: 2, unseen: 3 };

/** The entry of an identity, created where it is missing. */
function placed<R>(kinds: Map<string, Kind<R>>, { place, parts }: Identity): Known<R> {
  const key = keyOf(parts);
  let kind = kinds.get(key);
  if (kind === undefined) {
    kind = { parts, key, known: new Map() };
    kinds.set(key, kind);
  }
  let known = kind.known.get(place);
  if (known === undefined) {
    known = { place, kind, before: null, after: null, isLasting: false, lives: null };
    kind.known.set(place, known);
  }
  return known;
}

/** Adds a row to its entry. */
function put<R>(
  known: Known<R>,
  side: Side,
  row: R,
  owners: OwnersKnown,
  isUndecided: boolean,
): void {
  const entry = known[side];
  if (entry === null) {
    known[side] = { rows: known.isLasting ? noRows : [row], isUndecided, owners };
    return;
  }
  if (!known.isLasting) entry.rows.push(row);
  if (doubts[owners] > doubts[entry.owners]) entry.owners = owners;
  entry.isUndecided &&= isUndecided;
}

/** Checks whether a new row shows that something has lasted: then none of its rows are needed any more. */
function noteLasting<R>(
  known: Known<R>,
  row: R,
  { lives }: IdentityRule<R>,
  isSameMachine: boolean,
): void {
  const { before, after } = known;
  if (before === null || known.isLasting) return;
  known.lives ??= new Set(isSameMachine ? before.rows.flatMap(lives) : []);
  const old = known.lives;
  if (old.size > 0 && !lives(row).some((life) => old.has(life))) return;
  known.isLasting = true;
  known.lives = null;
  before.rows = noRows;
  if (after !== null) after.rows = noRows;
}

/** Shared: nothing is ever added to it. */
const noRows: never[] = [];

/** A key in which an unknown part differs from every text. */
function keyOf(parts: readonly (string | null)[]): string {
  let key = '';
  for (const part of parts) key += part === null ? '\0?' : `\0=${part}`;
  return key;
}

/** Both sides of a place. */
interface Place<R> {
  readonly before: SideEntry<R>[];
  readonly after: SideEntry<R>[];
}

/** The open places with all their entries, in an order of their own. */
function placesOf<R>(
  all: Iterable<Known<R>>,
  open: ReadonlySet<string>,
): ReadonlyMap<string, Place<R>> {
  const places = new Map<string, Place<R>>();
  for (const known of all) {
    if (!open.has(known.place)) continue;
    let place = places.get(known.place);
    if (place === undefined) {
      place = { before: [], after: [] };
      places.set(known.place, place);
    }
    const isMet = known.before !== null && known.after !== null;
    for (const side of ['before', 'after'] as const) {
      const entry = known[side];
      if (entry !== null) place[side].push({ ...entry, known, isMet });
    }
  }
  return places;
}

function comparePlace<R>(place: Place<R>, rule: IdentityRule<R>, found: Found<R>): void {
  const { before, after } = place;
  if (before.length > 0 && after.length > 0) meetCompatible(place, found);
  const unmet = (side: readonly SideEntry<R>[]) =>
    sorted(
      side.filter(({ isMet }) => !isMet),
      ({ known }) => known.kind.key,
    );
  const [removed, added] = [unmet(before), unmet(after)];
  const pairs = Math.min(removed.length, added.length);
  for (let i = 0; i < pairs; i++) {
    reportChanged(removed[i] as SideEntry<R>, added[i] as SideEntry<R>, rule, [], found);
  }
  for (const one of removed.slice(pairs)) leave(one, found.removed, found);
  for (const one of added.slice(pairs)) leave(one, found.added, found);
}

function leave<R>(one: SideEntry<R>, to: SideEntry<R>[], found: Found<R>): void {
  if (one.isUndecided) found.undecided++;
  else to.push(one);
}

/** Whether both sides have the same by everything that is compared, but no row of before has lasted. */
function isReplaced<R>(
  { isLasting }: Known<R>,
  { rows }: Entry<R>,
  { lives }: IdentityRule<R>,
): boolean {
  return !isLasting && rows.some((row) => lives(row).length > 0);
}

/** Whether their owners could not be compared although one side may have one. */
function isBlind<R>(then: Entry<R>, now: Entry<R>): boolean {
  if (then.owners === 'unseen') return now.owners !== 'none';
  if (now.owners === 'unseen') return then.owners !== 'none';
  return then.owners !== now.owners && then.owners !== 'none' && now.owners !== 'none';
}

/** Records a place where owners could not be compared. */
function noteBlind<R>(place: string, then: Entry<R>, now: Entry<R>, { blind }: Found<R>): void {
  if (!isBlind(then, now)) return;
  const isOneSeen = then.owners !== 'unseen' || now.owners !== 'unseen';
  blind.set(place, isOneSeen || blind.get(place) === true);
}

function blindPlaces<R>({ blind }: Found<R>): { owners: number; ownersHidden: number } {
  const ownersHidden = [...blind.values()].filter((isOneSeen) => !isOneSeen).length;
  return { owners: blind.size, ownersHidden };
}

/**
 * Matches entries whose known parts are equal: what one side does not know is no difference. They are looked up in
 * groups of entries with the same parts known.
 */
function meetCompatible<R>({ before, after }: Place<R>, found: Found<R>): void {
  for (const [known, old] of byKnownParts(before)) {
    for (const [knownNow, fresh] of byKnownParts(after)) {
      // With the same parts known, only equal entries match, and those are matched already.
      if (known === knownNow) continue;
      const table = byKey(old, known & knownNow);
      for (const [key, fitting] of byKey(fresh, known & knownNow)) {
        const others = table.get(key);
        if (others === undefined) continue;
        for (const one of [...fitting, ...others]) one.isMet = true;
        const [then, now] = [others, fitting].map(worstKnown) as [SideEntry<R>, SideEntry<R>];
        noteBlind(then.known.place, then, now, found);
      }
    }
  }
}

/** The entry whose owners are known least. */
function worstKnown<R>(all: readonly SideEntry<R>[]): SideEntry<R> {
  return all.reduce((worst, one) => (doubts[one.owners] > doubts[worst.owners] ? one : worst));
}

/** Groups entries by which of their parts are known, one bit each. */
function byKnownParts<R>(
  side: readonly SideEntry<R>[],
): ReadonlyMap<number, readonly SideEntry<R>[]> {
  return grouped(side, ({ known: { kind } }) =>
    kind.parts.reduce((bits, part, i) => (part === null ? bits : bits | (1 << i)), 0),
  );
}

/** Groups entries by the key of those parts. */
function byKey<R>(
  side: readonly SideEntry<R>[],
  bits: number,
): ReadonlyMap<string, readonly SideEntry<R>[]> {
  return grouped(side, ({ known: { kind } }) =>
    keyOf(kind.parts.map((part, i) => ((bits >> i) & 1 ? part : null))),
  );
}

function grouped<T, Key>(all: readonly T[], keyOfOne: (one: T) => Key): Map<Key, T[]> {
  const groups = new Map<Key, T[]>();
  for (const one of all) {
    const key = keyOfOne(one);
    addTo(groups, key, one);
  }
  return groups;
}

/** Reports two entries as one that has changed. `moves`: what differs besides the parts. */
function reportChanged<R>(
  then: SideEntry<R>,
  now: SideEntry<R>,
  { fields }: IdentityRule<R>,
  moves: readonly FieldChange[],
  found: Found<R>,
): void {
  const [before, after] = [shownRow(then), shownRow(now)];
  const changes = new Map<string, FieldChange>(moves.map((move) => [move.field, move]));
  for (const [i, { field, shown }] of fields.entries()) {
    const [old, fresh] = [then.known.kind.parts[i] ?? null, now.known.kind.parts[i] ?? null];
    if (old === null || fresh === null || old === fresh || changes.has(field)) continue;
    changes.set(field, { field, before: shown(before), after: shown(after) });
  }
  noteBlind(then.known.place, then, now, found);
  found.changed.push({ fields: [...changes.values()], before, after });
}

/** A server gone at one address and new at another has moved; one of the same family is preferred. */
function findMoved<R>(found: Found<R>, rule: IdentityRule<R>): void {
  const { moved, kept, order, identify } = rule;
  if (moved === null) return;
  const shownMove = (one: SideEntry<R>) => moved.shown(shownRow(one));
  for (const withFamily of [true, false]) {
    if (found.removed.length === 0 || found.added.length === 0) return;
    const keyOfMove = (one: SideEntry<R>): string | null => {
      const { parts } = one.known.kind;
      const { service = null, family = '' } = identify(one.rows[0] as R) ?? {};
      if (service === null || kept.every((i) => parts[i] === null)) return null;
      return service + (withFamily ? family : '') + keyOf(kept.map((i) => parts[i] ?? null));
    };
    const textOfOne = (one: SideEntry<R>) => textOf(shownRow(one));
    const inOrder = (all: readonly SideEntry<R>[]) =>
      sorted(all, (one) => order(shownRow(one)), textOfOne);
    const gone = grouped(inOrder(found.removed), keyOfMove);
    const paired = new Set<SideEntry<R>>();
    for (const [key, come] of grouped(inOrder(found.added), keyOfMove)) {
      const from = key === null ? undefined : gone.get(key);
      for (const [i, then] of (from ?? []).slice(0, come.length).entries()) {
        const now = come[i] as SideEntry<R>;
        paired.add(then).add(now);
        const move = { field: moved.field, before: shownMove(then), after: shownMove(now) };
        reportChanged(then, now, rule, [move], found);
      }
    }
    found.removed = found.removed.filter((one) => !paired.has(one));
    found.added = found.added.filter((one) => !paired.has(one));
  }
}

/** The row shown for rows that cannot be distinguished; does not depend on their order. */
function shownRow<R>({ rows }: Entry<R>): R {
  const [first] = rows;
  if (rows.length < 2) return first as R;
  const texts = rows.map((row) => ({ row, text: textOf(row) }));
  return texts.reduce((least, one) => (one.text < least.text ? one : least)).row;
}

function textOf(row: unknown): string {
  return JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value));
}

/** A sort key for pairs that stays the same with the two sides exchanged, and a tie-breaker. */
function pairOrder<R>(order: (row: R) => string) {
  const inTurn =
    (text: (row: R) => string) =>
    ({ before, after }: Replaced<R>) =>
      [before, after].map(text).sort().join('\0');
  return [inTurn(order), inTurn(textOf)] as const;
}

/** Sorted by text; `otherwise` breaks ties. */
function sorted<T>(
  all: readonly T[],
  textOfOne: (one: T) => string,
  otherwise: (one: T) => string = () => '',
): T[] {
  if (all.length < 2) return [...all];
  const keyed = all.map((one) => ({ one, text: textOfOne(one) }));
  keyed.sort((a, b) => compare(a.text, b.text) || compare(otherwise(a.one), otherwise(b.one)));
  return keyed.map(({ one }) => one);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
