import type { Need } from '../model/needs.ts';
import type { Socket } from '../model/socket.ts';

/** Whether a socket fits. */
export type SocketTest = (socket: Socket) => boolean;

/**
 * A question about a socket, in three forms: the answer itself, which may need what is known late (the
 * socket's owners), and what can be said before that. Where nothing late plays a part the three are one
 * function.
 */
export interface Condition {
  /** What has to be known for the answer, beyond the rows of the table. */
  readonly needs: readonly Need[];
  /** Whether some of that is known late. */
  readonly isLate: boolean;
  /** The answer, once all is known. */
  readonly test: SocketTest;
  /** Before that: whether the answer can still turn out true. */
  readonly possible: SocketTest;
  /** Before that: whether the answer is true whatever will be known. */
  readonly certain: SocketTest;
  /** The answer for a socket of which not everything was told; null: it depends on what was not. */
  readonly unseen: UnseenTest;
}

/** Whether a socket fits of which only its end was told, or only what files tell; null: that is not known. */
export type UnseenTest = (socket: Socket) => boolean | null;

const always: SocketTest = () => true;
const never: SocketTest = () => false;

/**
 * A question that a socket answers as it is read; `needs`: what has to be read of it. `unseen`: left out where what
 * is always told of a socket answers it too.
 */
export function plainCondition(
  test: SocketTest,
  needs: readonly Need[] = [],
  unseen: UnseenTest = test,
): Condition {
  return { needs, isLate: false, test, possible: test, certain: test, unseen };
}

/** A question about what is known only after the table was read, such as owners. */
export function lateCondition(test: SocketTest, needs: readonly Need[]): Condition {
  return { needs, isLate: true, test, possible: always, certain: never, unseen: () => null };
}

/** True where `condition` is not. */
export function negation(condition: Condition): Condition {
  const not =
    (test: SocketTest): SocketTest =>
    (socket) =>
      !test(socket);
  const { needs, isLate } = condition;
  const unseen: UnseenTest = (socket) => {
    const fits = condition.unseen(socket);
    return fits === null ? null : !fits;
  };
  if (!isLate) return plainCondition(not(condition.test), needs, unseen);
  return {
    ...{ needs, isLate, unseen },
    test: not(condition.test),
    possible: not(condition.certain),
    certain: not(condition.possible),
  };
}

/** True where all of them are; with none of them, always. */
export function conjunction(conditions: readonly Condition[]): Condition {
  return combined(conditions, allOf, false);
}

/** True where one of them is; with none of them, never. */
export function disjunction(conditions: readonly Condition[]): Condition {
  return combined(conditions, anyOf, true);
}

function combined(
  conditions: readonly Condition[],
  join: (tests: readonly SocketTest[]) => SocketTest,
  deciding: boolean,
): Condition {
  const [first] = conditions;
  if (first !== undefined && conditions.length === 1) return first;
  const test = join(conditions.map((condition) => condition.test));
  const needs = [...new Set(conditions.flatMap((condition) => condition.needs))];
  const unseen = unseenOf(conditions, deciding);
  if (!conditions.some(({ isLate }) => isLate)) return plainCondition(test, needs, unseen);
  return {
    ...{ needs, isLate: true, unseen },
    test,
    possible: join(conditions.map((condition) => condition.possible)),
    certain: join(conditions.map((condition) => condition.certain)),
  };
}

/** One that gives `deciding` decides, whatever is not known of others. */
function unseenOf(conditions: readonly Condition[], deciding: boolean): UnseenTest {
  return (socket) => {
    let answer: boolean | null = !deciding;
    for (const { unseen } of conditions) {
      const fits = unseen(socket);
      if (fits === deciding) return deciding;
      if (fits === null) answer = null;
    }
    return answer;
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
