import { expect, it } from 'vitest';
import { warningReporter } from '../../src/commands/warnings.ts';
import type { Warning } from '../../src/model/report/snapshot.ts';
import { fakeHost } from '../support/fake-host.ts';

const warning = (code: Warning['code'], message: string, source: string | null): Warning => {
  return { code, message, source };
};
const malformed = warning('malformed', 'tcp: 2 lines', 'tcp');
const absent = warning('absent', 'sctp: not there', 'sctp');

function printed(verbose: boolean, tell: (teller: ReturnType<typeof warningReporter>) => void) {
  const { host, written } = fakeHost();
  tell(warningReporter(host, { verbose }));
  return written.stderr;
}

it('prints the same warning for each machine', () => {
  const of = (host: string) => ({ ...malformed, message: `${host}: tcp: 2 lines`, host });
  const text = printed(false, (teller) => teller.report([of('a'), of('b'), of('a')]));
  expect(text).toBe('tsnetstat: warning: a: tcp: 2 lines\ntsnetstat: warning: b: tcp: 2 lines\n');
});

it('reports the failure of a machine once, and again if it has answered in a round in between', () => {
  const failed = (host: string) =>
    ({ ...warning('host-failed', `${host}: refused`, host), host }) as const;
  const text = printed(false, ({ report: tell }) => {
    tell([failed('a'), failed('b')]);
    tell([failed('b'), failed('a')]);
    tell([failed('b')]);
    tell([failed('a'), failed('b')]);
    tell([]);
    tell([failed('b')]);
  });
  expect(text.match(/[ab]: refused/g)).toEqual(
    ['a', 'b', 'a', 'b'].map((one) => `${one}: refused`),
  );
});

it.each<[string, boolean, (teller: ReturnType<typeof warningReporter>) => void, string[]]>([
  [
    'once, though its number changes',
    false,
    (teller) => {
      teller.report([malformed]);
      teller.report([{ ...malformed, message: 'tcp: 3 lines' }]);
    },
    ['tcp: 2 lines'],
  ],
  [
    'of each source',
    false,
    (teller) => {
      teller.report([malformed, { ...malformed, message: 'udp: 2 lines', source: 'udp' }]);
    },
    ['tcp: 2 lines', 'udp: 2 lines'],
  ],
  ['not of a table that the kernel lacks', false, (teller) => teller.report([absent]), []],
  ['of that too with -v', true, (teller) => teller.report([absent]), ['sctp: not there']],
  [
    'not where an error says the same',
    false,
    (teller) => {
      teller.except({ message: 'tcp: 2 lines', path: null });
      teller.report([malformed]);
    },
    [],
  ],
  [
    'not of an absent table that an error is about',
    true,
    (teller) => {
      teller.except({ message: 'no sctp sockets', path: 'sctp' });
      teller.report([absent, { ...absent, source: 'eps', message: 'eps: not there' }]);
    },
    ['eps: not there'],
  ],
  [
    'in one line',
    false,
    (teller) => {
      teller.report([{ ...malformed, message: 'a\nb' }]);
    },
    ['a\\x0ab'],
  ],
])('prints a warning %s', (_, verbose, tell, messages) => {
  expect(printed(verbose, tell)).toBe(
    messages.map((message) => `tsnetstat: warning: ${message}\n`).join(''),
  );
});
