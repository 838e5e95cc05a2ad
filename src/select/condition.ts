import type { Need } from '../model/request/needs.ts';
import { areOwnersHidden } from '../model/socket/owner.ts';
import { pattern, type SocketPattern } from '../model/socket/pattern.ts';
import type { Socket } from '../model/socket/socket.ts';
import { type SoughtOwners, soughtByAny } from '../model/socket/sought-owners.ts';
import { lackingAnyOf } from './lacking.ts';

/** Whether a socket matches. */
export type SocketTest = (socket: Socket) => boolean;

/**
 * A condition on a socket, in three forms: the answer itself, which may need facts that are known late (the
 * socket's owners), and what can be said before that. If no such fact is involved, the three are one function.
 */
export interface Condition {
  /** What must be known for the answer, beyond the rows of the table. */
  readonly needs: readonly Need[];
  /** Whether some of that is known late. */
  readonly isLate: boolean;
  /** The answer, once everything is known. */
  readonly test: SocketTest;
  /** Before that: whether the answer may still become true. */
  readonly possible: SocketTest;
  /** Before that: whether the answer is true in any case. */
  readonly certain: SocketTest;
  /**
   * The possible answers for a socket whose table was read, whatever is learned late. `open`: the answer depends on a
   * fact of the table that was not reported.
   */
  readonly answers: (socket: Socket) => Answers;
  /** The answer for any row, even if facts are missing, as in one that was saved; null: it depends on those. */
  readonly known: UnseenTest;
  /** `possible` and `certain` as data, as far as it goes. */
  readonly patterns: Patterns;
  /** It is true only for sockets that one of these processes holds; left out: that cannot be said. */
  readonly soughtOwners?: SoughtOwners;
}

/** What data can express of a condition. */
interface Patterns {
  /** Matches every socket that fits the condition, and maybe others. */
  readonly possible: SocketPattern;
  /** Matches only sockets that fit the condition, but maybe not all of them. */
  readonly certain: SocketPattern;
}

/** Data expresses nothing of the condition. */
const anything: Patterns = { possible: true, certain: false };

/** A set of possible answers: bits of `answer`. */
type Answers = number;
/** The bits of `Answers`: it matches, it does not, it is not known. */
export const answer = { yes: 1, no: 2, open: 4 } as const;

/** Whether a socket matches, of which facts may be missing; null: not known. */
export type UnseenTest = (socket: Socket) => boolean | null;

const always: SocketTest = () => true;
const never: SocketTest = () => false;

/**
 * A condition that can be evaluated as a socket is read; `needs`: what must be read of it. `unseen`: may be left
 * out if facts that are always known are sufficient.
 */
export function plainCondition(
  test: SocketTest,
  needs: readonly Need[] = [],
  unseen: UnseenTest = test,
): Condition {
  const answers = (socket: Socket) => {
    const fits = unseen(socket);
    return fits === null ? answer.open : fits ? answer.yes : answer.no;
  };
  const isLacking = lackingAnyOf(needs);
  const known = (socket: Socket) => (isLacking(socket) ? null : test(socket));
  return early({ needs, answers, known, patterns: anything }, test);
}

/** A condition that data can express: `same` matches the same TCP, UDP and UNIX sockets as `test`. */
export function patternCondition(
  test: SocketTest,
  same: SocketPattern,
  needs: readonly Need[] = [],
): Condition {
  return { ...plainCondition(test, needs), patterns: { possible: same, certain: same } };
}

function early(
  parts: Pick<Condition, 'needs' | 'answers' | 'known' | 'patterns'>,
  test: SocketTest,
): Condition {
  return { ...parts, isLate: false, test, possible: test, certain: test };
}

/** The answer for a socket of which some facts are missing; null: it depends on those. */
export function unseenAnswer({ answers }: Condition, socket: Socket): boolean | null {
  const all = answers(socket);
  return all === answer.yes ? true : all === answer.no ? false : null;
}

/**
 * A condition on facts that are known only after the table was read, such as owners. `isOpen`: it is known already that
 * they cannot be determined. `isHidden`: they were looked for in vain; default: `isOpen`, or that no owner may be seen.
 */
export function lateCondition(
  test: SocketTest,
  needs: readonly Need[],
  isOpen?: SocketTest,
  isHidden: SocketTest = isOpen ?? (needs.includes('owners') ? areOwnersHidden : never),
): Condition {
  const isLacking = lackingAnyOf(needs);
  return {
    ...{ needs, isLate: true, test, possible: always, certain: never, patterns: anything },
    known: (socket) => (isLacking(socket) || isHidden(socket) ? null : test(socket)),
    answers: (socket) => (isOpen?.(socket) === true ? answer.open : answer.yes | answer.no),
  };
}

/** True if `condition` is false. */
export function negation(condition: Condition): Condition {
  const not =
    (test: SocketTest): SocketTest =>
    (socket) =>
      !test(socket);
  const { needs, isLate } = condition;
  const answers = (socket: Socket) => opposite(condition.answers(socket));
  const known = (socket: Socket) => {
    const fits = condition.known(socket);
    return fits === null ? null : !fits;
  };
  const patterns = {
    possible: pattern.not(condition.patterns.certain),
    certain: pattern.not(condition.patterns.possible),
  };
  if (!isLate) return early({ needs, answers, known, patterns }, not(condition.test));
  return {
    ...{ needs, isLate, answers, known, patterns },
    test: not(condition.test),
    possible: not(condition.certain),
    certain: not(condition.possible),
  };
}

/** True if all conditions are; true if there are none. */
export function conjunction(conditions: readonly Condition[]): Condition {
  return combined(conditions, allOf, 'all');
}

/** True if any condition is; false if there are none. */
export function disjunction(conditions: readonly Condition[]): Condition {
  return combined(conditions, anyOf, 'any');
}

function combined(
  conditions: readonly Condition[],
  join: (tests: readonly SocketTest[]) => SocketTest,
  how: 'all' | 'any',
): Condition {
  const [first] = conditions;
  if (first !== undefined && conditions.length === 1) return first;
  const soughtOwners = soughtOf(conditions, how);
  const test = join(conditions.map((condition) => condition.test));
  const needs = [...new Set(conditions.flatMap((condition) => condition.needs))];
  const answers = answersOf(conditions, how === 'any');
  const known = knownOf(conditions, how === 'any');
  const patterns = {
    possible: pattern[how](conditions.map((one) => one.patterns.possible)),
    certain: pattern[how](conditions.map((one) => one.patterns.certain)),
  };
  if (!conditions.some(({ isLate }) => isLate))
    return early({ needs, answers, known, patterns }, test);
  return {
    ...{ needs, isLate: true, answers, known, patterns },
    ...(soughtOwners !== undefined && { soughtOwners }),
    test,
    possible: join(conditions.map((condition) => condition.possible)),
    certain: join(conditions.map((condition) => condition.certain)),
  };
}

/**
 * Processes may share a socket: if all conditions name some, those of any one of them are enough to ask for. PIDs are
 * found more quickly than names.
 */
function soughtOf(conditions: readonly Condition[], how: 'all' | 'any'): SoughtOwners | undefined {
  const all = conditions.flatMap(({ soughtOwners }) => soughtOwners ?? []);
  if (how === 'all') return all.find(({ programs }) => programs.length === 0) ?? all[0];
  return all.length === conditions.length ? soughtByAny(all) : undefined;
}

/** The answers that `not` makes of these. */
function opposite(answers: Answers): Answers {
  const { yes, no, open } = answer;
  return (answers & yes ? no : 0) | (answers & no ? yes : 0) | (answers & open);
}

/** All answers that combine. One that evaluates to `deciding` decides, whatever is unknown about the others. */
function answersOf(conditions: readonly Condition[], deciding: boolean): Condition['answers'] {
  const decides = deciding ? answer.yes : answer.no;
  const agrees = deciding ? answer.no : answer.yes;
  return (socket) => {
    let all: Answers = agrees;
    for (const { answers } of conditions) {
      const one = answers(socket);
      const isOpen = (all | one) & answer.open && all & ~decides && one & ~decides;
      all = ((all | one) & decides) | (all & one & agrees) | (isOpen ? answer.open : 0);
    }
    return all;
  };
}

/** The answer of all, as far as it is known: one that is `deciding` decides, whatever is unknown about the others. */
function knownOf(conditions: readonly Condition[], deciding: boolean): UnseenTest {
  return (socket) => {
    let all: boolean | null = !deciding;
    for (const { known } of conditions) {
      const one = known(socket);
      if (one === deciding) return deciding;
      if (one === null) all = null;
    }
    return all;
  };
}

function allOf(tests: readonly SocketTest[]): SocketTest {
  if (tests.length === 0) return always;
  return (socket) => {
    for (const test of tests) if (!test(socket)) return false;
    return true;
  };
}

function anyOf(tests: readonly SocketTest[]): SocketTest {
  return (socket) => {
    for (const test of tests) if (test(socket)) return true;
    return false;
  };
}
