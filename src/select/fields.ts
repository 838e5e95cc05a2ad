import type { InetFamily, InetSocket, Protocol, Socket } from '../model/socket.ts';
import { type Comparison, numberTest } from './compare.ts';
import { type Condition, negation, plainCondition } from './condition.ts';
import type { Field } from './expression/ast.ts';
import { hostTest, parseHost } from './host.ts';
import type { Lookups } from './lookups.ts';
import { programTest, someOwner } from './owners.ts';
import { parsePorts, portTest } from './ports.ts';
import { isProblem, type Problem, quoted } from './problem.ts';
import { parseUser } from './users.ts';
import { wildcardTest } from './wildcard.ts';

/** What the words of a filter may have to be looked up in. */
export interface Scope {
  /** The socket tables that are asked for. */
  readonly protocols: readonly Protocol[];
  readonly lookups: Lookups;
}

interface FieldRule {
  /** Whether more and less have a meaning. */
  readonly ordered: boolean;
  condition(value: string, comparison: Comparison, scope: Scope): Condition | Problem;
}

type End = 'local' | 'remote';

function inetCondition(test: (socket: InetSocket) => boolean): Condition {
  return plainCondition((socket) => socket.protocol !== 'unix' && test(socket));
}

/** Makes `!=` the opposite of what `=` gives. */
function equality(
  condition: (value: string, scope: Scope) => Condition | Problem,
): Omit<FieldRule, 'ordered'> {
  return {
    condition(value, comparison, scope) {
      const equal = condition(value, scope);
      return comparison === '!=' && !isProblem(equal) ? negation(equal) : equal;
    },
  };
}

function host(end: End): FieldRule {
  return {
    ordered: false,
    ...equality((value, { protocols, lookups }) => {
      if (/^(?:unix:|[/@])/.test(value) || protocols.every((protocol) => protocol === 'unix')) {
        return unixPath(end, value.replace(/^unix:/, ''));
      }
      const parsed = parseHost(value);
      if (isProblem(parsed)) return parsed;
      const test = hostTest(parsed, protocols, lookups);
      if (isProblem(test)) return test;
      return inetCondition((socket) => {
        if (test(socket, socket[end])) return true;
        const more = end === 'local' ? socket.localAlternates : socket.remoteAlternates;
        return more?.some((address) => test(socket, { ...socket[end], address })) ?? false;
      });
    }),
  };
}

/**
 * A pattern with `*` for a UNIX socket's name. As in ss its case does not count, and where UNIX
 * sockets alone are asked for every pattern is one, else `/…`, `@…` and `unix:…`.
 */
function unixPath(end: End, pattern: string): Condition | Problem {
  if (end === 'remote') {
    return { expected: `an address, found ${quoted(pattern)}: a UNIX socket's peer is not known` };
  }
  const test = wildcardTest(pattern.toLowerCase());
  return plainCondition(
    (socket) => socket.protocol === 'unix' && test((socket.path ?? '').toLowerCase()),
  );
}

function port(end: End): FieldRule {
  return {
    ordered: true,
    condition(value, comparison, { protocols, lookups }) {
      const ports = parsePorts(value);
      if (isProblem(ports)) return ports;
      const negated = comparison === '!=';
      const test = portTest(ports, negated ? '=' : comparison, protocols, lookups);
      if (isProblem(test)) return test;
      const condition = inetCondition((socket) => test(socket[end].port, socket.protocol));
      return negated ? negation(condition) : condition;
    },
  };
}

function parseNumber(text: string, what: string): number | Problem {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : { expected: `${what}, found ${quoted(text)}` };
}

function number(what: string, read: (socket: Socket) => number | null): FieldRule {
  return {
    ordered: true,
    condition(value, comparison) {
      const bound = parseNumber(value, what);
      if (typeof bound === 'object') return bound;
      const negated = comparison === '!=';
      const test = numberTest(negated ? '=' : comparison, bound);
      const condition = plainCondition((socket) => {
        const told = read(socket);
        return told !== null && test(told);
      });
      return negated ? negation(condition) : condition;
    },
  };
}

const pid: FieldRule = {
  ordered: true,
  condition(value, comparison) {
    const bound = parseNumber(value, 'a process id');
    if (typeof bound === 'object') return bound;
    const negated = comparison === '!=';
    const test = numberTest(negated ? '=' : comparison, bound);
    const condition = someOwner((owner) => test(owner.pid));
    return negated ? negation(condition) : condition;
  },
};

const program: FieldRule = {
  ordered: false,
  ...equality((value) =>
    value === '' ? { expected: "a program's name, found ''" } : someOwner(programTest(value)),
  ),
};

const user: FieldRule = {
  ordered: false,
  ...equality((value, { lookups }) => {
    const uid = parseUser(value, lookups);
    return typeof uid === 'object' ? uid : inetCondition((socket) => socket.uid === uid);
  }),
};

const protocolNames = [
  'tcp',
  'udp',
  'udplite',
  'sctp',
  'raw',
  'unix',
] as const satisfies readonly Protocol[];

const proto: FieldRule = {
  ordered: false,
  ...equality((value) => {
    const [, name, digit] = /^([a-z]+)([46]?)$/.exec(value.toLowerCase()) ?? [];
    const protocol = protocolNames.find((known) => known === name);
    if (protocol === undefined || (protocol === 'unix' && digit !== '')) {
      return {
        expected: `a protocol (${protocolNames.join(' ')}, or with 4 or 6 after it), found ${quoted(value)}`,
      };
    }
    if (digit === '') return plainCondition((socket) => socket.protocol === protocol);
    const wanted = digit === '4' ? 'inet' : 'inet6';
    return plainCondition((socket) => socket.protocol === protocol && socket.family === wanted);
  }),
};

const families: ReadonlyMap<string, InetFamily | 'unix'> = new Map<string, InetFamily | 'unix'>([
  ['inet', 'inet'],
  ['ipv4', 'inet'],
  ['inet6', 'inet6'],
  ['ipv6', 'inet6'],
  ['unix', 'unix'],
]);

const family: FieldRule = {
  ordered: false,
  ...equality((value) => {
    const wanted = families.get(value.toLowerCase());
    if (wanted === undefined) return { expected: `inet, inet6 or unix, found ${quoted(value)}` };
    return plainCondition((socket) => socket.family === wanted);
  }),
};

/**
 * What each field means. A value that a socket does not have, or that its platform does not tell,
 * fits no comparison but `!=`, which is always the opposite of `=`.
 */
export const fieldConditions = {
  src: host('local'),
  dst: host('remote'),
  sport: port('local'),
  dport: port('remote'),
  pid,
  program,
  user,
  proto,
  family,
  recvq: number('a number of bytes', (socket) =>
    socket.protocol === 'unix' ? null : socket.recvQueue,
  ),
  sendq: number('a number of bytes', (socket) =>
    socket.protocol === 'unix' ? null : socket.sendQueue,
  ),
  inode: number('an inode number', (socket) => socket.inode),
} satisfies Record<Field, FieldRule>;
