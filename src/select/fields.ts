import { timeAgo } from '../attributes/age.ts';
import {
  type Attribute,
  attributeIn,
  type Filter,
  factsOfNeeds,
  type Unit,
} from '../attributes/attribute.ts';
import { socketAttributes } from '../attributes/sockets.ts';
import { type Netns, ownNetnsWords } from '../model/machine/netns.ts';
import {
  familyNamed,
  familySpellings,
  isUnixAlone,
  type Protocol,
  protocolLetters,
  protocolTitle,
} from '../model/protocol.ts';
import type { Need } from '../model/request/needs.ts';
import type { Socket } from '../model/socket/socket.ts';
import { fixedWord } from '../text/fixed-word.ts';
import { masked } from '../text/sanitize.ts';
import { shortened } from '../text/shortened.ts';
import { type FieldSign, numberTest } from './compare.ts';
import { type Condition, lateCondition, plainCondition, type SocketTest } from './condition.ts';
import { namesIn } from './list.ts';
import { absenceOfMasked, maskedTest } from './masked.ts';
import { isProblem, orDidYouMean, type Problem, quoted } from './problem.ts';
import {
  type Absence,
  type Asked,
  type FieldRule,
  host,
  onlyOfFamily,
  parseNumber,
  pid,
  port,
  processUser,
  program,
  tableCondition,
  user,
} from './rules.ts';
import type { FactsAsked } from './selection.ts';
import { wildcardBeginning, wildcardTest } from './wildcard.ts';

/** Suffixes after a number of that unit, and their factors. */
const unitFactors: Readonly<Record<'ms' | 'bytes', Readonly<Record<string, number>>>> = {
  ms: { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 },
  bytes: {
    ...{ b: 1, k: 1e3, kb: 1e3, m: 1e6, mb: 1e6, g: 1e9, gb: 1e9, t: 1e12, tb: 1e12 },
    ...{ kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 },
  },
};

/** Whether a word is a unit of some number. */
export function isUnit(word: string): boolean {
  return Object.values(unitFactors).some((known) => Object.hasOwn(known, word.toLowerCase()));
}

const unitsIn: Readonly<Record<Unit, string>> = {
  ms: ' in milliseconds, or with `us`, `ms`, `s`, `m`, `h` or `d`: `200ms`',
  bytes: ', or with `k`, `MB`, `GiB` and so on: `1MB`',
  'bytes per second': ' a second, or with `k`, `MB`, `GiB` and so on: `1MB`',
  packets: '',
  'per second': '',
};

/** Values with units, for the message about an invalid one. */
const examplesOf: Readonly<Record<Unit, string>> = {
  ms: ' such as 200ms, 1.5s or 5m',
  bytes: ' such as 1500, 64kB or 1MiB',
  'bytes per second': ' a second such as 1500, 64kB or 1MiB',
  packets: '',
  'per second': '',
};

const examplesOfAge = ' such as 5m, 2h or 3d (no dates)';

/** Parses a number, optionally with its unit: `200ms`, `1.5MB`. */
function parseQuantity(text: string, unit: Unit | undefined, kind: string): number | Problem {
  const what = `${kind}${kind === timeAgo.expected ? examplesOfAge : unit === undefined ? '' : examplesOf[unit]}`;
  const [, digits = '', suffix = ''] = /^(\d+(?:\.\d+)?)([a-z]*)$/i.exec(text) ?? [];
  const isExact = Number(digits) <= Number.MAX_SAFE_INTEGER;
  if (unit === undefined || digits === '' || !isExact) return parseNumber(text, what);
  if (suffix === '') return Number(digits);
  const known = unitFactors[unit === 'ms' ? 'ms' : 'bytes'];
  const name = suffix.toLowerCase();
  if (!Object.hasOwn(known, name)) return { expected: `${what}, found ${quoted(text)}` };
  const product = Number(digits) * (known[name] as number);
  // Without rounding, 13 us would be 0.013000000000000001 ms.
  return Number.isInteger(product) ? product : Number(product.toPrecision(15));
}

/** Needs of facts that are known only after the table was read. */
const lateNeeds: ReadonlySet<Need> = new Set([
  ...(['owners', 'ownerDetails', 'peers', 'workloads', 'exposure', 'rates'] as const),
]);

type Compared = Pick<
  Attribute<Socket>,
  'unit' | 'fact' | 'protocols' | 'isUnavailable' | 'filterNeeds' | 'filter'
>;

/** Whether a row without a value may have one that was not reported: see `Attribute.isUnavailable`. */
function mayBeUnreported({ fact, protocols, isUnavailable }: Compared, socket: Socket): boolean {
  if (isUnavailable !== undefined) return isUnavailable(socket);
  return fact !== undefined && protocols?.includes(socket.protocol) !== false;
}

/** A condition on what an attribute needs; `isUnknown`: the value of this socket is not known. */
function conditionOn(
  fits: SocketTest,
  needs: readonly Need[],
  isUnknown: SocketTest | undefined,
): Condition {
  if (needs.some((need) => lateNeeds.has(need))) {
    const isOpen = isUnknown && ((socket: Socket) => isUnknown(socket) && !fits(socket));
    return lateCondition(fits, needs, isOpen);
  }
  return plainCondition(fits, needs, (socket) =>
    isUnknown?.(socket) === true ? null : fits(socket),
  );
}

function number(
  filter: Extract<Filter<Socket>, { kind: 'number' | 'numbers' }>,
  attribute: Compared,
): FieldRule {
  const { isUnavailable, filterNeeds = [], unit } = attribute;
  const { expected } = filter;
  const measure = filter.unit ?? unit;
  const isMasked = filter.kind === 'number' && filter.masked === true;

  function testOf(value: string, comparison: FieldSign): ((found: number) => boolean) | Problem {
    if (isMasked && value.includes('/')) {
      return comparison === '='
        ? maskedTest(value, expected)
        : { expected: `${expected} without a mask after ${comparison}, found ${quoted(value)}` };
    }
    const bound = parseQuantity(value, measure, expected);
    return typeof bound === 'object' ? bound : numberTest(comparison, bound);
  }

  return {
    expected,
    values: `${expected}${measure === undefined ? '' : unitsIn[measure]}${isMasked ? ', or `VALUE/MASK` to compare only some bits: `0x1/0x3`' : ''}`,
    ordered: true,
    ...(isMasked && {
      absence: (value) => (value.includes('/') ? absenceOfMasked(value, expected) : null),
    }),
    condition(value, comparison, { lookups: { readAt } }) {
      const test = testOf(value, comparison);
      if (isProblem(test)) return test;
      if (filter.kind === 'numbers') {
        const fits = (socket: Socket) =>
          filter.of(socket, readAt).some((one) => one !== null && test(one));
        return conditionOn(fits, filterNeeds, isUnavailable);
      }
      const fits = (socket: Socket) => {
        const found = filter.of(socket, readAt);
        return found !== null && test(found);
      };
      const isUnknown = (socket: Socket) =>
        filter.of(socket) === null && mayBeUnreported(attribute, socket);
      return conditionOn(fits, filterNeeds, isUnknown);
    },
  };
}

function text(
  { expected, words, of, mistakeIn, beginnings }: Extract<Filter<Socket>, { kind: 'text' }>,
  { filterNeeds = [], isUnavailable }: Compared,
): FieldRule {
  return {
    expected,
    values:
      words === undefined
        ? `${expected}, with \`*\` for anything`
        : words.map((word) => `\`${word}\``).join(', '),
    ...(words === undefined ? { wildcards: true as const, listed: namesIn } : { words }),
    ordered: false,
    condition(value) {
      if (value === '') return { expected: `${expected}, found ''` };
      const wanted = words === undefined ? value : fixedWord(value);
      const test = wildcardTest(wanted);
      if (words?.some(test) === false) {
        const list = words.every((word) => expected.includes(word)) ? '' : ` (${words.join(' ')})`;
        return { expected: `${expected}${list}, found ${quoted(value)}` };
      }
      const mistake = mistakeIn?.(value) ?? null;
      if (mistake !== null) {
        const meant = orDidYouMean(mistake.meant.map((one) => masked(shortened(one))));
        return { expected: `${mistake.expected}, found ${quoted(value)}${meant}` };
      }
      const fits = (socket: Socket) => of(socket).some((one) => one !== null && test(one));
      if (beginnings === undefined) return conditionOn(fits, filterNeeds, isUnavailable);
      const mayMatch = wildcardBeginning(wanted);
      const isUnknown = (socket: Socket) =>
        isUnavailable?.(socket) === true || beginnings(socket).some(mayMatch);
      return conditionOn(fits, filterNeeds, isUnknown);
    },
  };
}

const protocolNames = Object.keys(protocolLetters) as readonly Protocol[];

/** Why there are no sockets of another table. */
function onlyAsked({ protocols }: Asked): Absence {
  return { of: 'value', reason: `only ${protocolTitle(protocols)} sockets are listed` };
}

/** Why there are no sockets of IPv4. Of IPv6 there may be with -4: one that takes both families (macOS) is listed so. */
function absenceOfInet({ families }: Asked): Absence | null {
  return families.includes('inet') ? null : onlyOfFamily('inet6');
}

const protocol: FieldRule = {
  expected: 'a protocol',
  values: `${protocolNames.map((name) => `\`${name}\``).join(', ')}; 4 or 6 after it selects the family, 46 what takes both (macOS)`,
  words: protocolNames,
  ordered: false,
  absence(value, asked) {
    const [, word, version] = /^([a-z]+)(4|6|46|)$/.exec(value.toLowerCase()) ?? [];
    const name = protocolNames.find((one) => one === word);
    if (name === undefined) return null;
    if (!asked.protocols.includes(name)) return onlyAsked(asked);
    return version === '4' ? absenceOfInet(asked) : null;
  },
  condition(value) {
    const [, name, version] = /^([a-z]+)(4|6|46|)$/.exec(value.toLowerCase()) ?? [];
    const protocol = protocolNames.find((known) => known === name);
    if (protocol === undefined || (protocol === 'unix' && version !== '')) {
      return {
        expected: `a protocol (${protocolNames.join(' ')}, or with 4, 6 or 46 after it), found ${quoted(value)}`,
      };
    }
    if (version === '46') {
      return plainCondition(
        (socket) =>
          socket.protocol !== 'unix' && socket.protocol === protocol && socket.dualStack === true,
      );
    }
    const family = version === '' ? null : version === '4' ? 'inet' : 'inet6';
    return tableCondition(protocol, family);
  },
};

const family: FieldRule = {
  expected: 'a family',
  values: '`inet`, `inet6` or `unix`, or another word for one of them that `-A` takes',
  words: Object.keys(familySpellings),
  ordered: false,
  absence(value, asked) {
    const { protocols } = asked;
    const named = familyNamed(value.toLowerCase());
    const isAsked = named === 'unix' ? protocols.includes('unix') : !isUnixAlone(protocols);
    if (!isAsked) return onlyAsked(asked);
    return named === 'inet' ? absenceOfInet(asked) : null;
  },
  condition(value) {
    const wanted = familyNamed(value.toLowerCase());
    if (wanted === undefined) return { expected: `inet, inet6 or unix, found ${quoted(value)}` };
    return tableCondition(null, wanted);
  },
};

const netns: FieldRule = {
  expected: 'a network namespace',
  values: "its name, with `*` for anything, or its number; `own` is this program's",
  ordered: false,
  wildcards: true,
  listed: namesIn,
  condition(value) {
    if (value === '') return { expected: "a network namespace, found ''" };
    const test = wildcardTest(value);
    const fits = ({ name, inode, own }: Netns) =>
      (name !== null && test(name)) || String(inode) === value || (own && ownNetnsWords.has(value));
    return plainCondition(({ netns }) => netns !== undefined && fits(netns), ['netns']);
  },
};

const machine: FieldRule = {
  expected: 'a machine that --on names',
  values: 'its name in `--on`, with `*` for anything',
  ordered: false,
  wildcards: true,
  listed: namesIn,
  condition(value) {
    if (value === '') return { expected: "a machine that --on names, found ''" };
    const test = wildcardTest(value);
    return plainCondition(({ host }) => host !== undefined && test(host), ['machines']);
  },
};

const rules = { user, 'process-user': processUser, protocol, family, netns, machine };

function ruleFor(filter: Filter<Socket>, attribute: Attribute<Socket>): FieldRule {
  switch (filter.kind) {
    case 'number':
    case 'numbers':
      return number(filter, attribute);
    case 'host':
      return host(filter.end, filter.withPort);
    case 'port':
      return port(filter.end);
    case 'pid':
      return pid(filter.of);
    case 'program':
      return program(filter.of);
    case 'text':
      return text(filter, attribute);
    default:
      return rules[filter.kind];
  }
}

/**
 * The rule of a field, by its key or an alias; undefined: there is none. A value that a socket does not have, or
 * that its platform does not report, matches only `!=`, which is always the opposite of `=`.
 */
export function fieldRule(name: string): FieldRule | undefined {
  const attribute = attributeIn(compared, name);
  return attribute?.filter && withAbsence(ruleFor(attribute.filter, attribute), attribute);
}

/** The rule, which also says of what sockets the attribute is, if not of all. */
function withAbsence(rule: FieldRule, { protocols }: Attribute<Socket>): FieldRule {
  if (protocols === undefined) return rule;
  const title = protocolTitle(protocols);
  return {
    ...rule,
    absence: (value, asked) =>
      asked.protocols.some((protocol) => protocols.includes(protocol))
        ? (rule.absence?.(value, asked) ?? null)
        : { of: 'field', reason: `only ${title} sockets have it` },
  };
}

/** The attribute key of a field; undefined: there is no such field. */
export function fieldKey(name: string): string | undefined {
  return attributeIn(compared, name)?.key;
}

const compared = socketAttributes.attributes.filter(({ filter }) => filter !== undefined);

const wordsOfSs = ['sport', 'dport', 'dev'];

/** The fields of expressions, by name; ss's own name, if different, takes precedence. */
export const fields: readonly string[] = compared.map(wordOf);

/** All names of fields, aliases included. */
export const fieldWords: readonly string[] = compared.flatMap(({ key, aliases = [] }) => [
  key,
  ...aliases,
]);

function wordOf({ key, aliases }: Attribute<Socket>): string {
  return aliases?.find((alias) => wordsOfSs.includes(alias)) ?? key;
}

/** Whether the field is compared by how long ago something was. */
export function isAge(name: string): boolean {
  const filter = attributeIn(compared, name)?.filter;
  return filter !== undefined && 'isAge' in filter;
}

/** The facts that a platform must report for the field; none: every platform knows it. */
export function factsOf(name: string): FactsAsked {
  const { fact, filterNeeds = [] } = attributeIn(compared, name) ?? {};
  const needed = factsOfNeeds(filterNeeds).filter((one) => one !== fact);
  return [
    ...(fact === undefined ? [] : [{ fact, filter: name }]),
    ...needed.map((one) => ({ fact: one, filter: name, mayLack: true as const })),
  ];
}
