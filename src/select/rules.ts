import type { End } from '../attributes/attribute.ts';
import { prefixTest } from '../model/address/prefix.ts';
import { type InetFamily, isUnixAlone, type Protocol } from '../model/protocol.ts';
import type { Query } from '../model/request/query.ts';
import type { Owner } from '../model/socket/owner.ts';
import { pattern, type SocketPattern } from '../model/socket/pattern.ts';
import type { InetSocket, Socket } from '../model/socket/socket.ts';
import { soughtByPid } from '../model/socket/sought-owners.ts';
import { type FieldSign, numberTest } from './compare.ts';
import { type Condition, patternCondition, plainCondition } from './condition.ts';
import { hostPattern, hostTest, parseHost } from './host.ts';
import { namesIn, partsOf } from './list.ts';
import type { Scope } from './lookups.ts';
import { type OwnersOf, programTest, someOwner } from './owners.ts';
import { parsePorts, portPattern, portTest } from './ports.ts';
import { isProblem, type Problem, quoted } from './problem.ts';
import { parseUser } from './users.ts';
import { wildcardTest } from './wildcard.ts';

/** The sockets among which filters choose. */
export interface Asked extends Pick<Query, 'protocols' | 'protocolsNamed' | 'families'> {
  /** Only servers, by `--exposed`. */
  readonly exposed: boolean;
}

/** Why no socket that is asked for can have a value. */
export interface Absence {
  /** What they do not have: the field, or only this value of it. */
  readonly of: 'field' | 'value';
  readonly reason: string;
}

/** The values of a field, and how to compile a comparison. */
export interface FieldRule {
  /** What a value is, in words. */
  readonly expected: string;
  /** How a value is written, for the manual; what to type is in backticks. */
  readonly values: string;
  /** All possible values, if there is a fixed list. */
  readonly words?: readonly string[];
  /** Whether `<` and `>` apply. */
  readonly ordered: boolean;
  /** A value may contain `*`, for anything. */
  readonly wildcards?: true;
  /** The values that a text with commas stands for, any of which is enough; left out: its parts. */
  listed?(text: string): readonly string[];
  /** Why no socket that is asked for can have the value; null, or left out: some can. */
  absence?(value: string, asked: Asked): Absence | null;
  condition(value: string, comparison: FieldSign, scope: Scope): Condition | Problem;
}

/** `same`: the pattern of the same Internet sockets; null: data cannot express it. */
function inetCondition(
  test: (socket: InetSocket) => boolean,
  same: SocketPattern | null,
): Condition {
  const fits = (socket: Socket) => socket.protocol !== 'unix' && test(socket);
  if (same === null) return plainCondition(fits);
  return patternCondition(fits, pattern.all([pattern.not(unixTable), same]));
}

const unixTable: SocketPattern = { kind: 'table', protocol: 'unix', family: null };

/** Whether a value is the name of a UNIX socket, whatever is asked for. */
const isUnixName = (value: string) => /^(?:unix:|[/@])/.test(value);

/** The hosts in a text with commas. The name of a UNIX socket may contain them. */
function hostsIn(text: string): readonly string[] {
  const parts = partsOf(text);
  if (!isUnixName(text)) return parts;
  return parts.every(isUnixName) ? [text, ...parts] : [text];
}

/** The absence of a field that only Internet sockets have. */
function ofInternet(reason: string): NonNullable<FieldRule['absence']> {
  return (_value, { protocols }) => (isUnixAlone(protocols) ? { of: 'field', reason } : null);
}

/** The absence of a local end. Names of hosts are names of UNIX sockets too, if only these are asked for. */
function absenceOfLocal(value: string, asked: Asked): Absence | null {
  const { protocols } = asked;
  if (isUnixName(value)) {
    return protocols.includes('unix')
      ? null
      : { of: 'value', reason: 'only UNIX sockets have such names' };
  }
  if (!isUnixAlone(protocols)) return absenceOfAddress(value, asked);
  const parsed = parseHost(value);
  if (isProblem(parsed) || (parsed.ports ?? parsed.prefix) === null) return null;
  const reason = 'UNIX sockets have no addresses and ports, but names such as /run/*';
  return { of: 'value', reason };
}

/**
 * The absence of an address of a family that was left out. IPv6 sockets have IPv4 addresses too, as mapped ones. An IPv4
 * socket has no IPv6 address, but for `::` where it takes both (macOS), and the further addresses of SCTP.
 */
function absenceOfAddress(
  value: string,
  { protocols, protocolsNamed, families }: Asked,
): Absence | null {
  const [family, ...others] = families;
  if (others.length > 0 || isUnixName(value) || isUnixAlone(protocols)) return null;
  const parsed = parseHost(value);
  if (isProblem(parsed)) return null;
  if (family === 'inet6') return parsed.family === 'inet' ? onlyOfFamily('inet6') : null;
  const { prefix } = parsed;
  if (prefix?.version !== 6 || prefixTest(prefix)('::')) return null;
  return protocolsNamed && protocols.includes('sctp') ? null : onlyOfFamily('inet');
}

/** Why there are no sockets of the other family. */
export function onlyOfFamily(family: InetFamily): Absence {
  const version = family === 'inet' ? 'IPv4' : 'IPv6';
  return { of: 'value', reason: `only ${version} sockets are listed` };
}

/** An address of one end, in ss's notation; `withPort`: also its port. */
export function host(end: End, withPort: boolean): FieldRule {
  return {
    expected: 'an address',
    values: withPort
      ? '`ADDR[/LEN][:PORT]`, `NAME[:PORT]`, `:PORT` or `*`, IPv6 in brackets if a port follows; for UNIX sockets a path, with `*` for anything'
      : '`ADDR[/LEN]`, the name of a host or `*`; for UNIX sockets a path, with `*` for anything',
    ordered: false,
    listed: hostsIn,
    // At the remote end, what UNIX sockets do not have is no value at all.
    absence: end === 'local' ? absenceOfLocal : absenceOfAddress,
    condition(value, _comparison, scope) {
      if (isUnixName(value) || isUnixAlone(scope.protocols)) {
        return unixPath(end, value.replace(/^unix:/, ''));
      }
      const parsed = parseHost(value, withPort);
      if (isProblem(parsed)) return parsed;
      if (parsed.ports !== null && !withPort) {
        const other = end === 'local' ? 'src' : 'dst';
        return { expected: `an address alone (${other} takes a port too), found ${quoted(value)}` };
      }
      const test = hostTest(parsed, scope);
      if (isProblem(test)) return test;
      return inetCondition(
        (socket) => {
          if (test(socket, socket[end])) return true;
          const more = end === 'local' ? socket.localAlternates : socket.remoteAlternates;
          return more?.some((address) => test(socket, { ...socket[end], address })) ?? false;
        },
        hostPattern(parsed, end, scope),
      );
    },
  };
}

/**
 * A pattern with `*` for a UNIX socket's name. As in ss it is case-insensitive; if only UNIX sockets are asked for,
 * every pattern is one, otherwise only `/…`, `@…` and `unix:…`.
 */
function unixPath(end: End, pattern: string): Condition | Problem {
  if (end === 'remote') {
    return { expected: `an address, found ${quoted(pattern)}: a UNIX socket's peer is not known` };
  }
  const test = wildcardTest(pattern.toLowerCase());
  return {
    ...plainCondition(
      (socket) => socket.protocol === 'unix' && test((socket.path ?? '').toLowerCase()),
    ),
    patterns: { possible: { kind: 'table', protocol: 'unix', family: null }, certain: false },
  };
}

/** The port of one end. */
export function port(end: End): FieldRule {
  return {
    expected: 'a port',
    values: 'a number, a service, or a range such as `8000-8100`, optionally after a colon',
    ordered: true,
    absence: ofInternet('UNIX sockets have no ports'),
    condition(value, comparison, scope) {
      const ports = parsePorts(value);
      if (isProblem(ports)) return ports;
      const test = portTest(ports, comparison, scope);
      if (isProblem(test)) return test;
      return inetCondition(
        (socket) => test(socket[end].port, socket.protocol),
        portPattern(ports, end, comparison, scope),
      );
    },
  };
}

/** A whole number, decimal or hexadecimal after `0x`, as ss and iptables write marks. `what`: what is expected. */
export function parseNumber(text: string, what: string): number | Problem {
  const number = /^(?:\d+|0x[\da-f]+)$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : { expected: `${what}, found ${quoted(text)}` };
}

const processTexts: Readonly<Record<OwnersOf, string>> = {
  owners: 'a process that holds the socket',
  peer: 'a process of this machine at the other end',
};

/** The fields that compare names in place of PIDs. */
const nameFields: Readonly<Record<OwnersOf, string>> = { owners: 'program', peer: 'peer' };

/** The PID of an owner; `named`: what compares names instead. */
export function pid(of: OwnersOf, named = nameFields[of]): FieldRule {
  const expected = 'a process id';
  return {
    expected,
    values: `the number of ${processTexts[of]}`,
    ordered: true,
    condition(value, comparison) {
      const bound = parseNumber(value, expected);
      if (typeof bound === 'object') {
        const isName = /^[a-z_]/i.test(value);
        return {
          expected: isName ? `${bound.expected}; for a name use ${named}` : bound.expected,
        };
      }
      const test = numberTest(comparison, bound);
      const condition = someOwner(of, (owner) => test(owner.pid));
      return of === 'owners' && comparison === '='
        ? { ...condition, soughtOwners: soughtByPid(bound) }
        : condition;
    },
  };
}

/** The name of an owner's program. */
export function program(of: OwnersOf): FieldRule {
  return {
    expected: "a program's name",
    values: `the name of ${processTexts[of]}, with \`*\` for anything`,
    ordered: false,
    wildcards: true,
    listed: namesIn,
    condition(value) {
      if (value === '') return { expected: "a program's name, found ''" };
      const fits = programTest(value);
      const condition = someOwner(of, fits, (owner) => owner.program === null);
      return of === 'owners'
        ? { ...condition, soughtOwners: { pids: new Set(), programs: [fits] } }
        : condition;
    },
  };
}

/** The user who created a socket. */
export const user: FieldRule = {
  expected: 'a user',
  values: "the user's name or number",
  ordered: false,
  absence: ofInternet(
    "who created a UNIX socket is not known; the expression 'euser = NAME' compares who runs its processes",
  ),
  condition(value, _comparison, { lookups }) {
    const uid = parseUser(value, lookups);
    if (typeof uid === 'object') return uid;
    const test = (socket: Socket) => socket.protocol !== 'unix' && socket.uid === uid;
    const known = (socket: Socket) =>
      socket.protocol !== 'unix' && socket.uid === null ? null : test(socket);
    return { ...plainCondition(test, [], known), known };
  },
};

/** The effective user of an owner. */
export const processUser: FieldRule = {
  expected: user.expected,
  values: user.values,
  ordered: false,
  condition(value, _comparison, { lookups }) {
    const uid = parseUser(value, lookups);
    if (typeof uid === 'object') return uid;
    const isUnknown = (owner: Owner) => (owner.uid ?? null) === null;
    return someOwner('owners', (owner) => owner.uid === uid, isUnknown, ['ownerDetails']);
  },
};

/** A condition on a socket's table; null: any. */
export function tableCondition(
  protocol: Protocol | null,
  family: InetFamily | 'unix' | null,
): Condition {
  return patternCondition(
    (socket) =>
      (protocol === null || socket.protocol === protocol) &&
      (family === null || socket.family === family),
    { kind: 'table', protocol, family },
  );
}
