import type { Fact } from '../model/report/facts.ts';
import type { Need } from '../model/request/needs.ts';
import type { Which } from '../model/request/query.ts';
import { isListening } from '../model/socket/classify.ts';
import type { Owner } from '../model/socket/owner.ts';
import type { SocketPattern } from '../model/socket/pattern.ts';
import type { Socket } from '../model/socket/socket.ts';
import type { SoughtOwners } from '../model/socket/sought-owners.ts';
import { type WhichAsked, whichPattern, whichTest } from './which.ts';

/**
 * The facts that a platform must report for the filters, and the filter that needs each. `mayLack`: where files of Linux
 * lack it, rows come without it, and a warning says so.
 */
export type FactsAsked = readonly {
  readonly fact: Fact;
  readonly filter: string;
  readonly mayLack?: true;
}[];

/** Whether a row is selected; unknown if the facts needed are missing. */
export type Fit = 'yes' | 'no' | 'unknown';

/** The answer as a word; null is unknown. */
export function fitWord(fits: boolean | null): Fit {
  return fits === null ? 'unknown' : fits ? 'yes' : 'no';
}

/** Which sockets a query selects, decided in two steps so that owners are looked up only if they matter. */
export interface Selection {
  /** The final choice: naming a state overrides the query's own. */
  readonly which: Which;
  /** Whether `which` is the only criterion. */
  readonly isPlain: boolean;
  /**
   * What must be known to decide, beyond the rows. Owners: all of them, since any owner of a shared socket may
   * match.
   */
  readonly needs: readonly Need[];
  /** Whether both steps are needed: some facts are not known when a table is read. */
  readonly isLate: boolean;
  /** False for a socket that cannot match, whatever is learned later. Final if `isLate` is false. */
  early(socket: Socket): boolean;
  /** Matches at least the sockets that `early` has to see. With another `early` that may not be so: see below. */
  readonly pattern: SocketPattern;
  /** Matches only sockets for which `early` is true. */
  readonly certain: SocketPattern;
  /** Only sockets that one of these processes holds are selected; null: that cannot be said. */
  readonly soughtOwners: SoughtOwners | null;
  /** The answer for a socket that passed `early`, once everything is known. */
  late(socket: Socket): boolean;
  /** The answer for any socket, even if facts are missing, as in one that was saved. */
  fit(socket: Socket): Fit;
  /**
   * The same for sockets that were read at that time, in milliseconds since 1970: it decides how old they are. `fit`
   * itself if no filter asks for that.
   */
  fitAt(readAt: number): (socket: Socket) => Fit;
  /**
   * The answer for a socket of which some facts are missing: the kernel's report of a close lacks owner, user and
   * queues, and files lack what netlink reports.
   */
  fitUnseen(socket: Socket): Fit;
  /**
   * Whether a fact that the socket's table lacks may decide, whatever is learned late. A source that drops such a socket
   * warns.
   */
  isUndecided(socket: Socket): boolean;
  /**
   * Whether an owner of a selected socket matches the filters by owner, and the socket would be selected too if that
   * owner alone decided what it belongs to.
   */
  ownerFits(owner: Owner, socket: Socket): boolean;
  /**
   * The same filters with servers included. Set if there are filters but no choice of sockets, so that netstat's
   * default leaves servers out. Decided in two steps as well. null: the default leaves no matching row out.
   */
  readonly withServers: Pick<
    Selection,
    'isLate' | 'early' | 'late' | 'pattern' | 'certain' | 'soughtOwners'
  > | null;
}

/** The selection of a query without filters. */
export function plainSelection({ which, boundInactive }: WhichAsked): Selection {
  const isChosen = whichTest(which, { boundInactive });
  const fit = (socket: Socket) => (isChosen(socket) ? 'yes' : 'no');
  return {
    which,
    isPlain: true,
    needs: [],
    isLate: false,
    early: isChosen,
    pattern: true,
    certain: whichPattern(which),
    soughtOwners: null,
    late: () => true,
    fit,
    fitAt: () => fit,
    fitUnseen: fit,
    isUndecided: () => false,
    ownerFits: () => true,
    withServers: null,
  };
}

/** A selection of fewer sockets: `early` is asked about each of those that are read. */
export function narrowed(selection: Selection, early: Selection['early']): Selection {
  return { ...selection, early, certain: false };
}

/** Only the servers among the selected sockets: a source may leave the others unread. */
export function onlyServers(selection: Selection): Selection {
  return narrowed(
    { ...selection, which: 'listening' },
    (socket) => isListening(socket) && selection.early(socket),
  );
}

/** A selection whose `early` sees every socket of the tables, and alone decides. */
export function seeingAll(selection: Selection, early: Selection['early']): Selection {
  return {
    ...narrowed(selection, early),
    ...{ pattern: true, soughtOwners: null },
    ...{ isLate: false, late: () => true, withServers: null },
  };
}

/**
 * The same selection for rows that are compared with those of another time, in milliseconds since 1970: rows also stay
 * if it is unknown whether they are chosen, or if they would be chosen by their age then.
 */
export function forComparing(selection: Selection, time: number): Selection {
  const { early, isLate, fit: fitNow } = selection;
  const fitThen = selection.fitAt(time);
  const asksForAge = fitThen !== fitNow;
  const mayFitThen = (socket: Socket) => asksForAge && fitThen(socket) !== 'no';
  return {
    ...selection,
    ...(asksForAge && { early: (socket) => early(socket) || mayFitThen(socket) }),
    ...(isLate && {
      soughtOwners: null,
      late: (socket) => fitNow(socket) !== 'no' || mayFitThen(socket),
    }),
  };
}
