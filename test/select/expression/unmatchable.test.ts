import { describe, expect, it } from 'vitest';
import { isNetstatError } from '../../../src/errors.ts';
import { type InetFamily, inetProtocols, type Protocol } from '../../../src/model/protocol.ts';
import { parse } from '../../../src/select/expression/parse.ts';
import { refuseUnmatchable } from '../../../src/select/expression/unmatchable.ts';
import type { Asked } from '../../../src/select/rules.ts';

/** What is said of an expression about sockets of these protocols, without its beginning; null: nothing. */
function refusalOf(expression: string, ...protocols: readonly Protocol[]): string | null {
  return refusalAmong(expression, { protocols });
}

/** The same of any sockets. */
function refusalAmong(expression: string, asked: Partial<Asked>): string | null {
  try {
    refuseUnmatchable(expression, parse(expression), {
      ...{ protocols: inetProtocols, protocolsNamed: false, families: ['inet', 'inet6'] },
      ...{ exposed: false, ...asked },
    });
    return null;
  } catch (error) {
    if (!isNetstatError(error) || error.code !== 'usage') throw error;
    return error.summary.replace('expected what the sockets asked for have, ', '');
  }
}

describe('an expression that no socket asked for can match', () => {
  it.each<[Protocol, expression: string, refusal: RegExp]>([
    ['unix', 'sport = 22', /position 1: found 'sport': UNIX sockets have no ports$/],
    ['unix', 'sport = 22,80', /position 1: found 'sport': UNIX sockets have no ports$/],
    ['tcp', 'proto = udp,unix', /position 9: found 'udp': only TCP sockets are listed$/],
    ['unix', 'dport gt 22', /found 'dport': UNIX sockets have no ports$/],
    ['unix', 'path = /run/* and sport = 22', /position 19: found 'sport'/],
    ['unix', 'sport = 22 or rtt > 1', /position 1: found 'sport'/],
    ['unix', 'not sport != 22', /position 5: found 'sport'/],
    ['unix', 'not sport = 22 and rtt > 1', /found 'rtt'/],
    ['unix', '( sport = 22 or path = a ) and rtt > 1', /found 'rtt'/],
    ['unix', 'not ( not sport = 22 or path = * )', /found 'sport'/],
    ['unix', 'src = :22', /position 7: found ':22': UNIX sockets have no addresses and ports, but/],
    ['unix', 'local = 10.0.0.0/8', /found '10\.0\.0\.0\/8': UNIX sockets have no/],
    [
      'unix',
      'user = root',
      /found 'user': who created a UNIX socket is not known; the expression 'euser = NAME'/,
    ],
    ['unix', 'rtt > 1', /found 'rtt': only TCP sockets have it$/],
    ['unix', 'fwmark = 1', /found 'fwmark': only Internet sockets have it$/],
    ['unix', 'timer = on and state connected', /found 'timer': only Internet/],
    ['unix', 'exposure = host', /found 'exposure': only Internet/],
    ['tcp', 'path = /run/*', /found 'path': only UNIX sockets have it$/],
    ['tcp', 'src = /run/*', /found '\/run\/\*': only UNIX sockets have such names$/],
    ['tcp', 'src = unix:x', /found 'unix:x': only UNIX/],
    ['tcp', 'refcount > 1 and sport = 22', /found 'refcount': only UNIX/],
    ['tcp', 'assoc = closed', /found 'assoc': only SCTP/],
    ['udp', 'rtt > 1', /found 'rtt': only TCP/],
    ['unix', 'proto = udp', /found 'udp': only UNIX sockets are listed$/],
    ['udp', 'proto = tcp', /found 'tcp': only UDP sockets are listed$/],
    ['unix', 'family = inet', /found 'inet': only UNIX sockets are listed$/],
    ['tcp', 'family = unix', /found 'unix': only TCP sockets are listed$/],
    ['udp', 'state listening', /position 7: found 'listening': UDP sockets have no such state: /],
    ['raw', 'sport = 1 and state time-wait', /found 'time-wait': raw sockets have no such state: /],
    ['unix', 'state syn-sent', /found 'syn-sent': UNIX sockets are never in such a state$/],
    ['tcp', 'state shutdown-sent', /found 'shutdown-sent': TCP sockets are never in/],
  ])('is refused: %s, %s', (protocol, expression, refusal) => {
    expect(refusalOf(expression, protocol)).toMatch(refusal);
    expect(refusalOf(expression, 'tcp', 'udp', 'sctp', 'unix')).toBeNull();
  });

  it.each<[expression: string, refusal: string | null]>([
    [
      'mark = 0x3/0x1',
      "found '0x3/0x1': where only the bits of 0x1 count, none is 0x3: type 0x1/0x1 or 0x3/0x3",
    ],
    ['fwmark = 4294967296/0xff', 'count, none is 0x100000000: type 0x0/0xff'],
    ['mark = 0x3/0x1 or sport = 22', null],
    ['not mark = 0x3/0x1', null],
    ['mark = 0x1/0x3', null],
    ['mark = 0xffffffff/0xffffffff', null],
    ['mark = 0x80000000/0xc0000000', null],
    ['mark = 0/0', null],
  ])('of a mark and its mask: %s', (expression, refusal) => {
    const found = refusalOf(expression, 'tcp');
    if (refusal === null) expect(found).toBeNull();
    else expect(found?.endsWith(refusal)).toBe(true);
  });

  it('names all tables but that of UNIX sockets as people do', () => {
    expect(refusalOf('family = unix', ...inetProtocols)).toContain('only Internet sockets are');
  });

  it.each<[InetFamily, expression: string, refusal: string | null]>([
    ['inet', 'src = ::1', "position 7: found '::1': only IPv4 sockets are listed"],
    ['inet', 'dst = [2001:db8::]/32:443', "'[2001:db8::]/32:443': only IPv4 sockets are listed"],
    ['inet', 'sport = 1 and remote = fe80::1%eth0', 'only IPv4'],
    ['inet', 'src != ::1', null],
    ['inet', 'src = ::', null],
    ['inet', 'src = ::/0', null],
    ['inet', 'src = 10.0.0.0/8 or src = ::1', null],
    ['inet', 'family = inet6', null],
    ['inet', 'proto = tcp6', null],
    ['inet', 'src = inet6:*', null],
    ['inet6', 'src = 127.0.0.1', null],
    ['inet6', 'src = ::ffff:127.0.0.1', null],
    ['inet6', 'src = *', null],
    ['inet6', 'src = inet:127.0.0.1', "'inet:127.0.0.1': only IPv6 sockets are listed"],
    ['inet6', 'dst = inet:*', 'only IPv6'],
    ['inet6', 'family = ipv4', "'ipv4': only IPv6 sockets are listed"],
    ['inet6', 'proto = tcp4', "'tcp4': only IPv6 sockets are listed"],
    ['inet6', 'proto = tcp46,tcp4', null],
  ])('of one family, %s: %s', (family, expression, refusal) => {
    const found = refusalAmong(expression, { families: [family] });
    if (refusal === null) expect(found).toBeNull();
    else expect(found).toContain(refusal);
    expect(refusalAmong(expression, {})).toBeNull();
  });

  it('leaves SCTP the further addresses of its sockets, which may be of the other family', () => {
    const asked: Partial<Asked> = { protocols: ['tcp', 'sctp'], families: ['inet'] };
    expect(refusalAmong('src = ::1', { ...asked, protocolsNamed: true })).toBeNull();
  });

  it.each<[Protocol, expression: string, isRefused: boolean]>([
    ['tcp', 'state established', true],
    ['tcp', 'state closed', true],
    ['tcp', 'state listening', false],
    ['udp', 'state established', true],
    ['udp', 'state closed', false],
    ['sctp', 'state closed', false],
    ['tcp', 'state unknown', false],
    ['tcp', 'exclude established', false],
  ])('of servers that may be reached, %s: %s', (protocol, expression, isRefused) => {
    const found = refusalAmong(expression, { protocols: [protocol], exposed: true });
    if (isRefused)
      expect(found).toMatch(/--exposed lists servers, which are never in such a state$/);
    else expect(found).toBeNull();
  });

  it.each<[Protocol, expression: string]>([
    ['unix', 'not sport = 22'],
    ['unix', 'sport != 22'],
    ['unix', 'sport = 22 or path = /run/*'],
    ['unix', 'sport = 22 or not rtt > 1'],
    ['unix', 'not ( sport = 22 and path = /run/* )'],
    ['unix', 'not src = :22'],
    ['unix', 'src = 22'],
    ['unix', 'src = /run/*'],
    ['unix', 'recvq > 0 and inode > 1 and program = x and euser = root and cookie > 1'],
    ['tcp', 'not path = *'],
    ['tcp', 'type != stream and sport = 22'],
    ['tcp', 'path = /run/* or sport = 22'],
    ['tcp', 'proto != udp'],
    ['tcp', 'proto = tcp6 and family = inet'],
    ['tcp', 'not state shutdown-sent'],
    ['udp', 'state closed'],
    ['udp', 'state established,listening'],
    ['raw', 'exclude established'],
    ['unix', 'state listening and family = unix'],
    ['udp', 'sport = 22 and mark = 1 and dev = lo'],
    ['raw', 'sport = 1'],
  ])('may match: %s, %s', (protocol, expression) => {
    expect(refusalOf(expression, protocol)).toBeNull();
  });
});
