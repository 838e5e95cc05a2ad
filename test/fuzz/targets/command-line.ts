import { isIP, SocketAddress } from 'node:net';
import { expect } from 'vitest';
import { run } from '../../../src/commands/run.ts';
import { isNetstatError } from '../../../src/errors.ts';
import { canonicalAddress } from '../../../src/model/address/read.ts';
import { taskFrom } from '../../../src/options/command-line.ts';
import { parsePrefix } from '../../../src/select/address.ts';
import { compileSelection } from '../../../src/select/compile-selection.ts';
import { parse } from '../../../src/select/expression/parse.ts';
import { printExpression } from '../../select/expression/print.ts';
import { lookups, query } from '../../select/sockets.ts';
import { fakeHost } from '../../support/fake-host.ts';
import { textTarget } from '../target.ts';

/** Returns the result of `read`, or the usage error that it throws. */
function orMistake<T>(read: () => T): T | Error {
  try {
    return read();
  } catch (error) {
    if (!isNetstatError(error)) throw error;
    expect(error.code).toBe('usage');
    return error;
  }
}

const words = (text: string) => text.split('\n');

const argv = textTarget({
  name: 'options',
  covers: ['parseFlags', 'parseWords', 'parseFamily', 'parseSeconds'],
  seeds: [
    '-tulpn',
    '-c\n--interval\n0.5\n--format=json',
    '-A\ninet,unix\n--listening\n--prog',
    '--port\n22,443,8000-8100\n--state=LISTEN\n--user\nroot',
    '--columns=proto,local\n--sort\n-recvq\n--no-header\n--color=always',
    'sport\n=\n:22\nand\nnot\nstate\nlistening\n--wide\n-q',
    '--proc-root\n/nowhere\n-r6n',
    '--explain\nTIME_WAIT',
    '--completion=bash',
  ],
  alphabet: 'text',
  read: (text) => orMistake(() => taskFrom(words(text))),
  check: async (text, task) => {
    if (!(task instanceof Error)) {
      if (task.kind === 'list') {
        const { interval, resolveTimeout } = task.listing.schedule;
        expect(interval === null || (interval > 0 && interval < 2 ** 31)).toBe(true);
        expect(resolveTimeout >= 0 && resolveTimeout < 2 ** 31).toBe(true);
      }
      return;
    }
    const { host, written } = fakeHost();
    expect(await run(words(text), host)).toBe(2);
    expect(written.stdout).toBe('');
    // One message; no argument can fake a second one.
    expect(written.stderr).toMatch(
      /^tsnetstat: [^\p{Cc}\p{Zl}\p{Zp}]+\n( [^\p{Cc}\p{Zl}\p{Zp}]*\n)*$/u,
    );
  },
});

const expressionSeeds = [
  'sport = :22 and dst 10.0.0.0/8',
  'not ( state listening or exclude time-wait ) and dport >= 1024',
  'src [2001:db8::]/32 or src fe80::1%eth0:443',
  'program "my server" and user root and recvq > 0',
  'state connected dport neq :443 & ! pid 1 || inode == 5 proto tcp family inet6 sendq lt 9',
  'mark = 0x1f and state established,time-wait and dst db1.example.org:443',
];

const expression = textTarget({
  name: 'expression',
  covers: ['parse', 'parseHost', 'parseNumber', 'parsePorts', 'parseStates', 'parseUser'],
  seeds: expressionSeeds,
  alphabet: 'text',
  read: (text) => orMistake(() => parse(text)),
  check: (text, read) => {
    if (read instanceof Error) {
      expect(read.message).not.toBe('');
      return;
    }
    // Printed and read again it is the same, unless a word contains both quotes and so cannot be written.
    const printed = printExpression(read);
    if (!(printed.includes('"') && printed.includes("'"))) {
      expect(printExpression(parse(printed))).toBe(printed);
    }
    orMistake(() => compileSelection(query({ expression: [text] }), lookups));
  },
});

const filters = textTarget({
  name: 'filters',
  covers: ['parseHost', 'parsePorts', 'parseStates', 'parseUser', 'parsePrefix'],
  seeds: [
    '192.0.2.1',
    '10.0.0.0/8:443',
    '[2001:db8::/32]:https',
    'fe80::1%eth0',
    '*:22',
    ':22',
    'inet6:*',
    '8000-8100',
    '0x50',
    'listening',
    'root',
    '4294967295',
    'ssh*',
  ],
  alphabet: 'text',
  read: (text) => {
    for (const filter of ['port', 'local', 'remote', 'state', 'user', 'pid', 'program'] as const) {
      orMistake(() => compileSelection(query({ [filter]: [text] }), lookups));
    }
  },
  check: (text) => {
    const prefix = parsePrefix(text);
    if (prefix !== null) expect(isIP(text.split('/', 1)[0] ?? '')).not.toBe(0);
  },
});

/** As Node writes it, which follows the same standards. */
function canonical(text: string): string | null {
  const version = text.includes('%') ? 0 : isIP(text);
  return version === 0
    ? null
    : new SocketAddress({ address: text, family: `ipv${version as 4 | 6}` }).address;
}

const address = textTarget({
  name: 'address',
  covers: ['readAddress', 'canonicalAddress'],
  seeds: [
    '192.0.2.1',
    '0.0.0.0',
    '::',
    '::1',
    '2001:db8::1',
    'fe80::5eff:fe10:1',
    '::ffff:192.0.2.1',
    '::192.0.2.1',
    '1:2:3:4:5:6:7:8',
    '1::8',
    '64:ff9b::1.2.3.4',
  ],
  alphabet: 'text',
  read: canonicalAddress,
  check: (text, read) => {
    expect(read).toBe(canonical(text));
    if (read !== null) expect(canonicalAddress(read)).toBe(read);
  },
});

export const commandLineTargets = [argv, expression, filters, address];
