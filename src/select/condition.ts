import type { Socket } from '../model/socket.ts';

/** Whether a socket fits. */
export type SocketTest = (socket: Socket) => boolean;

/**
 * A question about a socket, in three forms: the answer itself, which may need the socket's owners,
 * and what can be said before they are known. Where owners play no part the three are one function.
 */
export interface Condition {
  readonly usesOwners: boolean;
  /** The answer, once owners are known. */
  readonly test: SocketTest;
  /** Without owners: whether the answer can still turn out true. */
  readonly possible: SocketTest;
  /** Without owners: whether the answer is true whoever the owners are. */
  readonly certain: SocketTest;
}

const always: SocketTest = () => true;
const never: SocketTest = () => false;

/** A question that a socket answers by itself. */
export function plainCondition(test: SocketTest): Condition {
  return { usesOwners: false, test, possible: test, certain: test };
}

/** A question about owners alone. */
export function ownerCondition(test: SocketTest): Condition {
  return { usesOwners: true, test, possible: always, certain: never };
}

/** True where `condition` is not. */
export function negation(condition: Condition): Condition {
  const not =
    (test: SocketTest): SocketTest =>
    (socket) =>
      !test(socket);
  if (!condition.usesOwners) return plainCondition(not(condition.test));
  return {
    usesOwners: true,
    test: not(condition.test),
    possible: not(condition.certain),
    certain: not(condition.possible),
  };
}

/** True where all of them are; with none of them, always. */
export function conjunction(conditions: readonly Condition[]): Condition {
  return combined(conditions, allOf);
}

/** True where one of them is; with none of them, never. */
export function disjunction(conditions: readonly Condition[]): Condition {
  return combined(conditions, anyOf);
}

function combined(
  conditions: readonly Condition[],
  join: (tests: readonly SocketTest[]) => SocketTest,
): Condition {
  const [first] = conditions;
  if (first !== undefined && conditions.length === 1) return first;
  const test = join(conditions.map((condition) => condition.test));
  if (!conditions.some((condition) => condition.usesOwners)) return plainCondition(test);
  return {
    usesOwners: true,
    test,
    possible: join(conditions.map((condition) => condition.possible)),
    certain: join(conditions.map((condition) => condition.certain)),
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
