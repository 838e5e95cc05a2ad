import { describe, expect, it } from 'vitest';
import { isNetstatError } from '../../../src/errors.ts';
import { inetProtocols, type Protocol } from '../../../src/model/protocol.ts';
import { parse } from '../../../src/select/expression/parse.ts';
import { refuseUnmatchable } from '../../../src/select/expression/unmatchable.ts';

/** What is said of an expression about sockets of these protocols, without its beginning; null: nothing. */
function refusalOf(expression: string, ...asked: readonly Protocol[]): string | null {
  try {
    refuseUnmatchable(expression, parse(expression), asked);
    return null;
  } catch (error) {
    if (!isNetstatError(error) || error.code !== 'usage') throw error;
    return error.summary.replace('expected what the sockets asked for have, ', '');
  }
}

describe('an expression that no socket asked for can match', () => {
  it.each<[Protocol, expression: string, refusal: RegExp]>([
    ['unix', 'sport = 22', /position 1: found 'sport': UNIX sockets have no ports$/],
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

  it('names all tables but that of UNIX sockets as people do', () => {
    expect(refusalOf('family = unix', ...inetProtocols)).toContain('only Internet sockets are');
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
