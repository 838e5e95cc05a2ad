import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../../src/errors.ts';
import { pattern, type SocketPattern } from '../../../src/model/socket/pattern.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import type { Condition } from '../../../src/select/condition.ts';
import type { Expression } from '../../../src/select/expression/ast.ts';
import { compileExpression } from '../../../src/select/expression/compile.ts';
import { parse } from '../../../src/select/expression/parse.ts';
import { inet, owner, unix } from '../../support/builders.ts';
import { isMatched } from '../../support/patterns.ts';
import { anySocket, lookups, withoutOwners } from '../sockets.ts';
import { anyExpression } from './expressions.ts';

const scope = { protocols: ['tcp', 'udp'] as const, lookups };

function compile(text: string): Condition {
  return compileExpression(text, parse(text), scope);
}

function meant(expression: Expression): Condition {
  return compileExpression('', expression, scope);
}

const web = inet('10.1.2.3:443', '192.0.2.1:40000', {
  owners: [owner(123, 'nginx: worker'), owner(124, 'nginx: worker')],
  recvQueue: 100,
  uid: 33,
  inode: 17,
});
const mapped = inet('[::ffff:10.1.2.3]:443', '[::ffff:192.0.2.1]:40000');
const ssh = inet('0.0.0.0:22', '0.0.0.0', { owners: [owner(1, 'sshd')] });
const dns = inet('127.0.0.1:53', '0.0.0.0', { protocol: 'udp' });
const ssh6 = inet('[2001:db8::1]:22', '[2001:db8::2]:40000', {
  state: 'TIME_WAIT',
  uid: null,
  dualStack: true,
});
const silent = inet('10.0.0.1:5000', '0.0.0.0', {
  protocol: 'udp',
  state: null,
  recvQueue: null,
  inode: null,
});
const path = unix('/run/App.sock', { state: 'LISTENING' });
const all = { web, mapped, ssh, dns, ssh6, silent, path } satisfies Record<string, Socket>;

function chosen(text: string): string {
  const { test } = compile(text);
  return Object.entries(all)
    .filter(([, socket]) => test(socket))
    .map(([name]) => name)
    .join(' ');
}

describe('compileExpression', () => {
  it.each([
    ['sport = 443', 'web mapped'],
    ['sport = :https', 'web mapped'],
    ['sport :22', 'ssh ssh6'],
    ['sport = 0x16', 'ssh ssh6'],
    ['sport 22-53', 'ssh dns ssh6'],
    ['sport != 22-53', 'web mapped silent path'],
    ['sport gt 53', 'web mapped silent'],
    ['sport ge 53', 'web mapped dns silent'],
    ['sport < 53', 'ssh ssh6'],
    ['sport <= 53', 'ssh dns ssh6'],
    ['not sport gt 53', 'ssh dns ssh6 path'],
    ['sport = 22,53', 'ssh dns ssh6'],
    ['sport *', 'web mapped ssh dns ssh6 silent'],
    ['dport = 0', 'ssh dns silent'],
    ['src 10.0.0.0/8', 'web mapped silent'],
    ['src != 10.0.0.0/8', 'ssh dns ssh6 path'],
    ['src 10.1.2.3:443', 'web mapped'],
    ['src inet:10.1.2.3', 'web'],
    ['src [::ffff:10.0.0.0/104]', 'mapped'],
    ['src [2001:db8::]/32 or src [::1]', 'ssh6'],
    ['src [2001:db8::1]:ssh', 'ssh6'],
    ['dst *:40000', 'web mapped ssh6'],
    ['src /run/*', 'path'],
    ['src /RUN/app.sock', 'path'],
    ['src unix:*app*', 'path'],
    ['state established', 'web mapped'],
    ['state listening', 'ssh path'],
    ['state closed', 'dns silent'],
    ['state listening state closed', 'ssh dns silent path'],
    ['exclude established exclude listening', 'dns ssh6 silent'],
    ['exclude established,listening', 'dns ssh6 silent'],
    ['state listening,closed', 'ssh dns silent path'],
    ['state all exclude established,LISTEN', 'dns ssh6 silent'],
    ['state connected', 'web mapped ssh6'],
    ['state bucket', 'ssh6'],
    ['not state established', 'ssh dns ssh6 silent path'],
    ['pid 123', 'web'],
    ['pid 124', 'web'],
    ['pid < 10', 'ssh'],
    ['pid != 1', 'web mapped dns ssh6 silent path'],
    ['program nginx', 'web'],
    ['program ssh*', 'ssh'],
    ['program nginx,sshd', 'web ssh'],
    ['program "nginx,sshd"', ''],
    ['program != nginx', 'mapped ssh dns ssh6 silent path'],
    ['user www-data', 'web'],
    ['user 0', 'mapped ssh dns silent'],
    ['user != root', 'web ssh6 path'],
    ['proto udp', 'dns silent'],
    ['proto tcp6', 'mapped ssh6'],
    ['proto tcp46', 'ssh6'],
    ['proto udp46', ''],
    ['proto unix', 'path'],
    ['family inet6', 'mapped ssh6'],
    ['family != unix sport 53', 'dns'],
    ['recvq > 0', 'web'],
    ['recvq = 0', 'mapped ssh dns ssh6'],
    ['inode 17', 'web'],
    ['inode != 17', 'mapped ssh dns ssh6 silent path'],
    ['dport = 40000 and program nginx', 'web'],
    ['state established ( sport = :443 or sport = :ssh ) and not dst 10.0.0.0/8', 'web mapped'],
  ])('%s', (text, names) => {
    expect(chosen(text)).toBe(names);
  });

  it.each([
    ['sport = :nosuch', 9, "a service's name or a range"],
    ['sport = 70000', 9, 'a port from 0 to 65535'],
    ['sport = 080', 9, 'a port from 0 to 65535'],
    ['sport > 80-90', 9, 'one port'],
    ['sport = 22,70000', 12, "found '70000'"],
    ['sport = 1080,08', 14, "found '08'"],
    ['sport > 22,80', 9, '; several values follow = or !='],
    ['sport = [22,80]', 9, '; write sport = 22,80'],
    ['sport != {22}', 10, '; write sport != 22'],
    ['src 10.0.0.0/33', 5, "ADDRESS[/LENGTH][:PORT] or the name of a host, found '10.0.0.0/33'"],
    ['sport 22 and src example.org', 18, 'ADDRESS'],
    ['src > 10.0.0.1', 5, "= or != after src, found '>'"],
    ['dst /run/x', 5, "a UNIX socket's peer is not known"],
    ['dst 2001:db8::1:443', 5, '[2001:db8::1]:443 is an address with a port'],
    ['state estblished', 7, "a state, found 'estblished'; did you mean established?"],
    ['state established,lstening', 19, "a state, found 'lstening'; did you mean listening?"],
    ['proto icmp', 7, 'a protocol (tcp udp'],
    ['exposure = publish', 12, 'an exposure (loopback host'],
    ['not workloadkind container*x', 18, 'a kind of workload (container pod'],
    ['workload != Docker:web', 13, "found 'Docker:web'; did you mean docker:web?"],
    ['peerworkload = Pod:web', 16, "found 'Pod:web'; did you mean pod:web?"],
    ['publishedfor = k8s:web', 16, "found 'k8s:web'; did you mean pod:web?"],
    ['family inet5', 8, 'inet, inet6 or unix'],
    [
      'user nobody-here',
      6,
      "a user's name or number, found 'nobody-here', which is not in this system's list of users",
    ],
    ['recvq > many', 9, 'a number of bytes such as 1500, 64kB or 1MiB'],
    ['rtt > 1µs', 7, 'a time such as 200ms, 1.5s or 5m'],
    ['delivery > 10Mbit', 12, 'a number of bytes a second such as 1500, 64kB or 1MiB'],
    ['pid -1', 5, 'a process id'],
    ['program ""', 9, "a program's name"],
  ])('%s', (text, position, expected) => {
    let message = '';
    try {
      compile(text);
    } catch (error) {
      expect(error).toBeInstanceOf(NetstatError);
      message = (error as NetstatError).message;
    }
    expect(message).toContain(`position ${position}: expected `);
    expect(message).toContain(expected);
    expect(message.split('\n').slice(1)).toEqual([text, `${' '.repeat(position - 1)}^`]);
  });

  it.each([
    'sport > nosuch',
    'sport = 22,nosuch',
    'sport = [22]',
    'sport = {}',
    'sport = [22,]',
    'sport = "[22,80]"',
  ])('proposes no list for %s', (text) => {
    expect(() => compile(text)).toThrow(/^(?!.*; (?:several|write))/);
  });

  it('knows early what owners can not change', () => {
    const early = (text: string) => compile(text).possible(withoutOwners(web));
    expect(early('sport = 80 and program nginx')).toBe(false);
    expect(early('sport = 443 and program nginx')).toBe(true);
    expect(early('not (sport = 443 or program nginx)')).toBe(false);
    expect(early('not (sport = 80 or program nginx)')).toBe(true);
    expect(early('not program nginx')).toBe(true);
    expect(compile('sport = 443 or program nginx').certain(withoutOwners(web))).toBe(true);
    expect(compile('sport = 443 or dport 1').isLate).toBe(false);
    expect(compile('not (sport = 443 or pid 1)').isLate).toBe(true);
  });

  it('never decides early what owners would have turned', () => {
    fc.assert(
      fc.property(anyExpression, anySocket, (expression, socket) => {
        const { test, possible, certain, isLate } = meant(expression);
        const bare = withoutOwners(socket);
        if (test(socket)) expect(possible(bare)).toBe(true);
        if (certain(bare)) expect(test(socket)).toBe(true);
        if (!isLate) expect(possible(bare)).toBe(test(socket));
      }),
      { numRuns: 3000 },
    );
  });

  it('has patterns between which the answer is', () => {
    fc.assert(
      fc.property(anyExpression, anySocket, (expression, socket) => {
        const { possible, certain, patterns } = meant(expression);
        const bare = withoutOwners(socket);
        if (possible(bare)) expect(isMatched(patterns.possible, bare)).toBe(true);
        if (isMatched(patterns.certain, bare)) expect(certain(bare)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    'sport = 443',
    'not dport > 1024',
    'dport = :https and sport != 22',
    'src 10/8 or dst [2001:db8::1]:443',
    'src inet:*:22',
    'state established ( sport = :http or not dst = 127.0.0.1 )',
    'exclude listening',
    'proto = tcp6 and not family = inet',
    'sport = :twofold',
    '( sport = 22 and not ( dport <= 80 or state listening ) )',
  ])('has a pattern that is the answer: %s', (text) => {
    const { test, patterns } = compile(text);
    expect(patterns.possible).toEqual(patterns.certain);
    fc.assert(
      fc.property(anySocket, (socket) => {
        expect(isMatched(patterns.possible, socket)).toBe(test(socket));
      }),
      { numRuns: 300 },
    );
  });

  it('has patterns of what it knows of them beside owners', () => {
    const port: SocketPattern = compile('sport = 443').patterns.possible;
    const both = compile('sport = 443 and program nginx').patterns;
    expect(both).toEqual({ possible: port, certain: false });
    expect(compile('sport = 443 or program nginx').patterns).toEqual({
      possible: true,
      certain: port,
    });
    const neither = compile('not ( sport = 443 or program nginx )').patterns;
    expect(neither).toEqual({ possible: pattern.not(port), certain: false });
    expect(compile('src fe80::1%eth0').patterns).toEqual({ possible: true, certain: false });
  });

  const not = (operand: Expression): Expression => ({ kind: 'not', operand });
  const and = (...operands: Expression[]): Expression => ({ kind: 'and', operands });
  const or = (...operands: Expression[]): Expression => ({ kind: 'or', operands });

  it.each<[string, (a: Expression, b: Expression, c: Expression) => [Expression, Expression]]>([
    ['not not a = a', (a) => [not(not(a)), a]],
    ['not (a and b) = not a or not b', (a, b) => [not(and(a, b)), or(not(a), not(b))]],
    ['not (a or b) = not a and not b', (a, b) => [not(or(a, b)), and(not(a), not(b))]],
    ['a and b = b and a', (a, b) => [and(a, b), and(b, a)]],
    ['a or (a and b) = a', (a, b) => [or(a, and(a, b)), a]],
    [
      'a and (b or c) = (a and b) or (a and c)',
      (a, b, c) => [and(a, or(b, c)), or(and(a, b), and(a, c))],
    ],
  ])('%s', (_, make) => {
    fc.assert(
      fc.property(anyExpression, anyExpression, anyExpression, anySocket, (a, b, c, socket) => {
        const [left, right] = make(a, b, c).map(meant);
        expect(left?.test(socket)).toBe(right?.test(socket));
      }),
      { numRuns: 500 },
    );
  });

  it('!= is the opposite of =, whatever the field', () => {
    fc.assert(
      fc.property(anyExpression, anySocket, (expression, socket) => {
        fc.pre(expression.kind === 'compare' && expression.comparison === '=');
        expect(meant({ ...expression, comparison: '!=' } as Expression).test(socket)).toBe(
          !meant(expression).test(socket),
        );
      }),
    );
  });
});
