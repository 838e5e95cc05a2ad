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

/** What may be said of the two answers. */
export interface DifferenceOptions {
  /** The rows are of one machine, so that processes and inodes can be compared. Default true. */
  readonly isSameMachine?: boolean | undefined;
}

/** Takes the rows of two answers, and tells what differs. */
export interface Differ<K extends ComparedReport> {
  /** `isUndecided`: it cannot be told if the row is among those that are compared: alone it is no difference. */
  before(row: ReportRows[K], isUndecided?: boolean): void;
  /** The same, once it has all rows of before. Of a row that has not changed nothing is kept. */
  after(row: ReportRows[K], isUndecided?: boolean): void;
  difference(): Difference<K>;
}

/** Rows of one side and place that nothing tells apart, such as those of workers that share a port. */
interface Entry<R> {
  /** None once it is known that they are not told. */
  rows: R[];
  /** Of its rows none is known to be among those that are compared. */
  isUndecided: boolean;
  /** What is known of the owners of the one of which least is. */
  owners: OwnersKnown;
}

/** What is compared of rows, once for all that have the same. */
interface Kind<R> {
  readonly parts: readonly (string | null)[];
  /** The parts in one text. */
  readonly key: string;
  /** By their places. */
  readonly known: Map<string, Known<R>>;
}

/** What is known by one identity, on both sides. */
interface Known<R> {
  readonly place: string;
  readonly kind: Kind<R>;
  before: Entry<R> | null;
  after: Entry<R> | null;
  /** Both sides have it, and something of what was there before has lasted, or may have. */
  isLasting: boolean;
  /** Until it is: what would tell that. null: not looked up yet. */
  lives: ReadonlySet<string> | null;
}

type Side = 'before' | 'after';

/** One side's part of what is known by an identity. */
interface One<R> extends Entry<R> {
  readonly known: Known<R>;
  /** The other side has the same, as far as it knows. */
  isMet: boolean;
}

/** A difference that is being put together. */
interface Found<R> {
  added: One<R>[];
  removed: One<R>[];
  readonly changed: Changed<R>[];
  readonly replaced: Replaced<R>[];
  /** Places where owners could not be compared, and whether one side tells them there. */
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
 * Tells what differs between the rows of two answers. Rows are recognized by `identityRules`; several that
 * nothing tells apart count as one. Each row is looked at a fixed number of times; what differs is sorted. The
 * order of the rows plays no part, and with the two exchanged the answer is the same, exchanged.
 */
export function differ<K extends ComparedReport>(
  report: K,
  { isSameMachine = true }: DifferenceOptions = {},
): Differ<K> {
  type R = ReportRows[K];
  const rule = identityRules[report] as unknown as IdentityRule<R>;
  /** By their keys. */
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

/** What is known by an identity, which may be nothing yet. */
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

/** Puts a row where it belongs. */
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

/** Notes that a row which has come tells of something that it has lasted: then no row of it is needed any more. */
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

/** One for all: to what lasts no row is added. */
const noRows: never[] = [];

/** What is not known is told apart from every text. */
function keyOf(parts: readonly (string | null)[]): string {
  let key = '';
  for (const part of parts) key += part === null ? '\0?' : `\0=${part}`;
  return key;
}

/** Both sides of a place. */
interface Place<R> {
  readonly before: One<R>[];
  readonly after: One<R>[];
}

/** Those places that are open, with all that is there, in an order of their own. */
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
  const unmet = (side: readonly One<R>[]) =>
    sorted(
      side.filter(({ isMet }) => !isMet),
      ({ known }) => known.kind.key,
    );
  const [removed, added] = [unmet(before), unmet(after)];
  const pairs = Math.min(removed.length, added.length);
  for (let i = 0; i < pairs; i++) {
    tellChanged(removed[i] as One<R>, added[i] as One<R>, rule, [], found);
  }
  for (const one of removed.slice(pairs)) leave(one, found.removed, found);
  for (const one of added.slice(pairs)) leave(one, found.added, found);
}

function leave<R>(one: One<R>, to: One<R>[], found: Found<R>): void {
  if (one.isUndecided) found.undecided++;
  else to.push(one);
}

/** Whether what both sides have is the same by all that is compared, and nothing of what was there has lasted. */
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

/** Remembers a place where owners could not be compared. */
function noteBlind<R>(place: string, then: Entry<R>, now: Entry<R>, { blind }: Found<R>): void {
  if (!isBlind(then, now)) return;
  const isTold = then.owners !== 'unseen' || now.owners !== 'unseen';
  blind.set(place, isTold || blind.get(place) === true);
}

function blindPlaces<R>({ blind }: Found<R>): { owners: number; ownersHidden: number } {
  const ownersHidden = [...blind.values()].filter((isTold) => !isTold).length;
  return { owners: blind.size, ownersHidden };
}

/**
 * Lets those meet whose known parts are the same: what one side does not know is no difference. Where what is
 * known differs, so do the groups in which they are looked up.
 */
function meetCompatible<R>({ before, after }: Place<R>, found: Found<R>): void {
  for (const [known, old] of byKnownParts(before)) {
    for (const [knownNow, fresh] of byKnownParts(after)) {
      // With the same known, only equal ones fit, and those have met.
      if (known === knownNow) continue;
      const table = byKey(old, known & knownNow);
      for (const [key, fitting] of byKey(fresh, known & knownNow)) {
        const others = table.get(key);
        if (others === undefined) continue;
        for (const one of [...fitting, ...others]) one.isMet = true;
        const [then, now] = [others, fitting].map(worstKnown) as [One<R>, One<R>];
        noteBlind(then.known.place, then, now, found);
      }
    }
  }
}

/** The one of whose owners least is known. */
function worstKnown<R>(all: readonly One<R>[]): One<R> {
  return all.reduce((worst, one) => (doubts[one.owners] > doubts[worst.owners] ? one : worst));
}

/** By which of their parts are known, one bit each. */
function byKnownParts<R>(side: readonly One<R>[]): ReadonlyMap<number, readonly One<R>[]> {
  return grouped(side, ({ known: { kind } }) =>
    kind.parts.reduce((bits, part, i) => (part === null ? bits : bits | (1 << i)), 0),
  );
}

/** By the text of those parts. */
function byKey<R>(side: readonly One<R>[], bits: number): ReadonlyMap<string, readonly One<R>[]> {
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

/** Tells of two that they are one that has changed. `moves`: what differs beside the parts. */
function tellChanged<R>(
  then: One<R>,
  now: One<R>,
  { fields }: IdentityRule<R>,
  moves: readonly FieldChange[],
  found: Found<R>,
): void {
  const [before, after] = [shownRow(then), shownRow(now)];
  const told = new Map<string, FieldChange>(moves.map((move) => [move.field, move]));
  for (const [i, { field, shown }] of fields.entries()) {
    const [old, fresh] = [then.known.kind.parts[i] ?? null, now.known.kind.parts[i] ?? null];
    if (old === null || fresh === null || old === fresh || told.has(field)) continue;
    told.set(field, { field, before: shown(before), after: shown(after) });
  }
  noteBlind(then.known.place, then, now, found);
  found.changed.push({ fields: [...told.values()], before, after });
}

/** A server that is gone at one address and has come at another has moved: to one of its family first. */
function findMoved<R>(found: Found<R>, rule: IdentityRule<R>): void {
  const { moved, kept, order, identify } = rule;
  if (moved === null) return;
  const shownMove = (one: One<R>) => moved.shown(shownRow(one));
  for (const withFamily of [true, false]) {
    if (found.removed.length === 0 || found.added.length === 0) return;
    const keyOfMove = (one: One<R>): string | null => {
      const { parts } = one.known.kind;
      const { service = null, family = '' } = identify(one.rows[0] as R) ?? {};
      if (service === null || kept.every((i) => parts[i] === null)) return null;
      return service + (withFamily ? family : '') + keyOf(kept.map((i) => parts[i] ?? null));
    };
    const textOfOne = (one: One<R>) => textOf(shownRow(one));
    const inOrder = (all: readonly One<R>[]) =>
      sorted(all, (one) => order(shownRow(one)), textOfOne);
    const gone = grouped(inOrder(found.removed), keyOfMove);
    const paired = new Set<One<R>>();
    for (const [key, come] of grouped(inOrder(found.added), keyOfMove)) {
      const from = key === null ? undefined : gone.get(key);
      for (const [i, then] of (from ?? []).slice(0, come.length).entries()) {
        const now = come[i] as One<R>;
        paired.add(then).add(now);
        const move = { field: moved.field, before: shownMove(then), after: shownMove(now) };
        tellChanged(then, now, rule, [move], found);
      }
    }
    found.removed = found.removed.filter((one) => !paired.has(one));
    found.added = found.added.filter((one) => !paired.has(one));
  }
}

/** Of rows that nothing tells apart, the one that is shown: whichever came first plays no part. */
function shownRow<R>({ rows }: Entry<R>): R {
  const [first] = rows;
  if (rows.length < 2) return first as R;
  const texts = rows.map((row) => ({ row, text: textOf(row) }));
  return texts.reduce((least, one) => (one.text < least.text ? one : least)).row;
}

function textOf(row: unknown): string {
  return JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value));
}

/** A pair's place among others, the same with the two sides exchanged; and what decides where that is the same. */
function pairOrder<R>(order: (row: R) => string) {
  const inTurn =
    (text: (row: R) => string) =>
    ({ before, after }: Replaced<R>) =>
      [before, after].map(text).sort().join('\0');
  return [inTurn(order), inTurn(textOf)] as const;
}

/** In the order of their texts; `otherwise`: for those whose texts are the same. */
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
