import { NetstatError } from '../errors.ts';
import { isUnixAlone, type Protocol } from '../model/protocol.ts';
import type { Fact } from '../model/report/facts.ts';
import type { FilterOptions, Query, Which } from '../model/request/query.ts';
import { asHeldBy } from '../model/socket/owner-workloads.ts';
import type { Socket } from '../model/socket/socket.ts';
import {
  answer,
  type Condition,
  conjunction,
  disjunction,
  negation,
  plainCondition,
  type SocketTest,
  unseenAnswer,
} from './condition.ts';
import { exposedCondition } from './exposed.ts';
import { missingPart, namesIn, partsOf } from './list.ts';
import type { Lookups, Scope } from './lookups.ts';
import { programTest } from './owners.ts';
import { isProblem, type Problem, quoted } from './problem.ts';
import {
  type Asked,
  type FieldRule,
  host,
  pid,
  port,
  program,
  tableCondition,
  user,
} from './rules.ts';
import { type FactsAsked, fitWord, type Selection } from './selection.ts';
import { absenceOfStates, parseStates, stateCondition, stateSet } from './states.ts';
import { whichPattern, whichTest } from './which.ts';

/** The filters that are compiled by the table of attributes. */
export interface FieldFilters {
  /** null: there is none. */
  readonly expression: ReadExpression | null;
  readonly workload: FieldRule;
}

/** An expression that is written correctly, but for its values. */
export interface ReadExpression {
  /** The facts that the fields it compares are. */
  readonly facts: FactsAsked;
  /** Whether any of them is an age. */
  readonly comparesAges: boolean;
  /** Whether it names a state anywhere. */
  readonly namesStates: boolean;
  /** @throws NetstatError `usage` for a wrong value, and if no socket asked for can match */
  condition(scope: Scope, asked: Asked): Condition;
}

/**
 * Compiles what selects sockets in a query; `byField`: null if the query has none of these filters. A filter matches
 * any of its values; all filters must match.
 *
 * Naming a state, in `--state` or anywhere in the expression, includes servers in that state, as in ss: it
 * overrides `query.which`. `--exposed` asks for servers only. `require` throws for facts that the platform does not
 * report; `everywhere` is that of `selectionOf`.
 * @throws NetstatError `usage` for an invalid filter
 */
export function compileFlags(
  query: Query,
  lookups: Lookups,
  require: (asked: FactsAsked) => void = () => undefined,
  everywhere = false,
  byField: FieldFilters | null = null,
): Selection {
  const { filters } = query;
  const scope: Scope = { protocols: query.protocols, lookups };
  const expression = byField?.expression ?? null;
  // Checked before names are looked up: a platform without users has no names for them.
  require(factsAsked(query, expression));

  const which = whichOf(query, expression);
  const asked: Asked = { ...query, exposed: filters.exposed };
  const typed = [...filterConditions(filters, scope, asked, byField)];
  if (expression !== null) typed.push(expression.condition(scope, asked));
  const chosen = filters.exposed
    ? exposedCondition(everywhere)
    : which === 'all'
      ? null
      : whichCondition(which, query);
  const all = chosen === null ? typed : [chosen, ...typed];
  const whole = conjunction(all);
  const fit = (socket: Socket) => fitWord(whole.known(socket));
  return {
    which,
    isPlain: false,
    ...steps(all),
    fit,
    fitAt: (readAt) =>
      expression?.comparesAges === true
        ? compileFlags(query, { ...lookups, readAt }, require, everywhere, byField).fit
        : fit,
    fitUnseen: (socket) => fitWord(unseenAnswer(whole, socket)),
    isUndecided: (socket) => (whole.answers(socket) & answer.open) !== 0,
    ownerFits: ownerTest(filters, whole.test),
    withServers: which === 'connected' && typed.length > 0 ? steps(typed) : null,
  };
}

function whichCondition(which: Which, query: Query): Condition {
  const condition = plainCondition(whichTest(which, query));
  return { ...condition, patterns: { possible: true, certain: whichPattern(which) } };
}

/** The two steps of a selection, for conditions that must all hold. */
function steps(
  conditions: readonly Condition[],
): Pick<Selection, 'needs' | 'isLate' | 'early' | 'late' | 'pattern' | 'certain' | 'soughtOwners'> {
  const { needs, isLate, possible, test, patterns, soughtOwners = null } = conjunction(conditions);
  return {
    ...{ needs, isLate, early: possible, late: isLate ? test : () => true },
    ...{ pattern: patterns.possible, certain: patterns.certain, soughtOwners },
  };
}

function factsAsked({ filters, protocols }: Query, expression: ReadExpression | null): FactsAsked {
  const asks: { fact: Fact; filter: string }[] = [];
  if (filters.user.length > 0) asks.push({ fact: 'users', filter: '--user' });
  if (filters.workload.length > 0) asks.push({ fact: 'workloads', filter: '--workload' });
  asks.push(...(expression?.facts ?? []));
  if (
    namesState(filters, expression) &&
    protocols.every((protocol) => datagrams.includes(protocol))
  ) {
    asks.push({ fact: 'datagramPeers', filter: filters.state.length > 0 ? '--state' : 'state' });
  }
  return asks;
}

/** Protocols whose sockets have a state only through their peer. */
const datagrams: readonly Protocol[] = ['udp', 'udplite', 'raw'];

/** The test of owners; `test`: that of whole sockets, for what each owner by itself belongs to. */
function ownerTest({ program, pid }: FilterOptions, test: SocketTest): Selection['ownerFits'] {
  const programs = program.flatMap(namesIn).map(programTest);
  const pids = new Set(split(pid).map(Number));
  return (owner, socket) => {
    if (programs.length > 0 && !programs.some((fits) => fits(owner))) return false;
    if (pids.size > 0 && !pids.has(owner.pid)) return false;
    const alone = asHeldBy(owner, socket);
    return alone === null || test(alone);
  };
}

function namesState({ state }: FilterOptions, expression: ReadExpression | null): boolean {
  return state.length > 0 || expression?.namesStates === true;
}

function whichOf({ which, filters }: Query, expression: ReadExpression | null): Which {
  if (filters.exposed) return 'listening';
  return namesState(filters, expression) ? 'all' : which;
}

const anyPid = pid('owners', '--program');

/** One PID. No process has 0, so nothing would ever match. An expression may compare with 0: `pid > 0`. */
const onePid: FieldRule = {
  ...anyPid,
  condition(value, comparison, scope) {
    if (/^0+$/.test(value)) {
      return { expected: `${anyPid.expected}, found ${quoted(value)}, which no process has` };
    }
    return anyPid.condition(value, comparison, scope);
  },
};

/** What each filter compares: any of these. */
const rulesOf = {
  port: [port('local'), port('remote')],
  local: [host('local', true)],
  remote: [host('remote', true)],
  user: [user],
  pid: [onePid],
  program: [program('owners')],
  workload: 'by field',
} as const satisfies Partial<Record<keyof FilterOptions, readonly FieldRule[] | 'by field'>>;

function filterConditions(
  filters: FilterOptions,
  scope: Scope,
  asked: Asked,
  byField: FieldFilters | null,
): readonly Condition[] {
  const { protocols, lookups } = scope;
  if (filters.exposed && isUnixAlone(protocols) && !lookups.mayMatchNone?.('exposed')) {
    throw refusal('exposed', ': other machines do not reach UNIX sockets');
  }
  const conditions: Condition[] = [];
  if (filters.state.length > 0) {
    const clauses = [...valuesIn('state', filters.state)].map((name) => {
      return { adds: true, states: checked('state', parseStates(name)) };
    });
    const absence = absenceOfStates(stateSet(clauses), asked);
    if (absence !== null && !lookups.mayMatchNone?.('state')) {
      throw refusal('state', ` ${filters.state.join(',')}: ${absence}`);
    }
    conditions.push(stateCondition(clauses));
  }
  for (const [filter, own] of entries(rulesOf)) {
    const isName = filter === 'program' || filter === 'workload';
    const values = isName
      ? new Set(filters[filter].flatMap(namesIn))
      : valuesIn(filter, filters[filter]);
    if (values.size === 0) continue;
    const rules: readonly FieldRule[] = own === 'by field' ? [workloadRule(byField)] : own;
    if (!lookups.mayMatchNone?.(filter)) refuseAbsent(filter, [...values], rules, asked);
    const fitting = [...values].flatMap((value) =>
      rules.map((rule) => checked(filter, rule.condition(value, '=', scope))),
    );
    conditions.push(disjunction(fitting));
  }
  // What the tables show as a raw socket's port is its IP protocol: a port asked for is not that, unless only raw
  // sockets are.
  if (filters.port.length > 0 && protocols.some((protocol) => protocol !== 'raw')) {
    conditions.push(negation(tableCondition('raw', null)));
  }
  return conditions;
}

/** Rejects values of which no socket that is asked for can have any. */
function refuseAbsent(
  filter: keyof FilterOptions,
  values: readonly string[],
  rules: readonly FieldRule[],
  asked: Asked,
): void {
  const absences = values.flatMap((value) =>
    rules.map((rule) => ({ value, absence: rule.absence?.(value, asked) ?? null })),
  );
  const [first] = absences;
  if (!first?.absence || absences.some(({ absence }) => absence === null)) return;
  const { value, absence } = first;
  const found = absence.of === 'value' ? `, found ${quoted(value)}` : '';
  throw refusal(filter, `: ${absence.reason}${found}`);
}

function workloadRule(byField: FieldFilters | null): FieldRule {
  if (byField === null) throw new Error('a filter by workload needs the table of attributes');
  return byField.workload;
}

function entries<K extends string, V>(
  record: Readonly<Record<K, V>>,
): readonly (readonly [K, V])[] {
  return Object.entries(record) as [K, V][];
}

/** The different values of a filter. @throws NetstatError `usage` if only some are there: `80,` */
function valuesIn(filter: keyof FilterOptions, given: readonly string[]): ReadonlySet<string> {
  const values = new Set(split(given));
  if (values.has('') && values.size > 1) {
    throw refusal(filter, `: ${missingPart}`);
  }
  return values;
}

function split(values: readonly string[]): readonly string[] {
  return values.flatMap(partsOf);
}

function checked<T extends object>(filter: keyof FilterOptions, value: T | Problem): T {
  if (!isProblem(value)) return value;
  throw refusal(filter, `: expected ${value.expected}`);
}

/** The error about a filter, whose name is put before the message. */
function refusal(filter: keyof FilterOptions, message: string): NetstatError {
  return new NetstatError('usage', `--${filter}${message}`, {
    path: `--${filter}`,
    about: { filter },
  });
}
