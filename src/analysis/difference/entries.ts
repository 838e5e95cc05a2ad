import type { Identity, IdentityRule, OwnersKnown } from '../identity.ts';

/**
 * How a row takes part. `undecided`: it is unknown whether it is among those compared. `counterpart`: it is not, but one
 * of the other side that is compared may be the same, which then is no difference. Neither is a difference on its own.
 */
export type Standing = 'compared' | 'undecided' | 'counterpart';

/** Rows of one side and place that cannot be distinguished, such as those of workers that share a port. */
export interface Entry<R> {
  /** Emptied once it is known that they will not be reported. */
  rows: R[];
  /** That of the row that counts most. */
  standing: Standing;
  /** The least that is known of the owners of any of its rows. */
  owners: OwnersKnown;
}

/** The parts that are compared, shared by all rows with the same ones. */
export interface Kind<R> {
  readonly parts: readonly (string | null)[];
  /** The parts as one string. */
  readonly key: string;
  /** By place. */
  readonly known: Map<string, Known<R>>;
}

/** What both sides have under one identity. */
export interface Known<R> {
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

/** The entry of an identity, created where it is missing. */
export function placed<R>(kinds: Map<string, Kind<R>>, { place, parts }: Identity): Known<R> {
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

/** Everything under every identity. */
export function* allOf<R>(kinds: readonly Kind<R>[]): Generator<Known<R>> {
  for (const { known } of kinds) yield* known.values();
}

/** How little is known of owners: more is less known. */
export const doubts: Readonly<Record<OwnersKnown, number>> = {
  known: 0,
  none: 1,
  unknown: 2,
  unseen: 3,
};

/** How little a row counts: more is less. */
const slights: Readonly<Record<Standing, number>> = { compared: 0, undecided: 1, counterpart: 2 };

/** Whether neither is compared, so that they differ in nothing. */
export function areCounterparts<R>(then: Entry<R>, now: Entry<R>): boolean {
  return then.standing === 'counterpart' && now.standing === 'counterpart';
}

/** Adds a row to its entry. */
export function put<R>(
  known: Known<R>,
  side: Side,
  row: R,
  owners: OwnersKnown,
  standing: Standing,
): void {
  const entry = known[side];
  if (entry === null) {
    known[side] = { rows: known.isLasting ? noRows : [row], standing, owners };
    return;
  }
  if (!known.isLasting) entry.rows.push(row);
  if (doubts[owners] > doubts[entry.owners]) entry.owners = owners;
  if (slights[standing] < slights[entry.standing]) entry.standing = standing;
}

/** Checks whether a new row shows that something has lasted: then none of its rows are needed any more. */
export function noteLasting<R>(
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

/** Whether both sides have the same by everything that is compared, but no row of before has lasted. */
export function isReplaced<R>(
  { isLasting }: Known<R>,
  { rows }: Entry<R>,
  { lives }: IdentityRule<R>,
): boolean {
  return !isLasting && rows.some((row) => lives(row).length > 0);
}

/** Shared: nothing is ever added to it. */
const noRows: never[] = [];

/** A key in which an unknown part differs from every text. */
export function keyOf(parts: readonly (string | null)[]): string {
  let key = '';
  for (const part of parts) key += part === null ? '\0?' : `\0=${part}`;
  return key;
}
