import { afterEach, describe, expect, it, vi } from 'vitest';
import { acceptedName, dnsNames } from '../../src/resolve/dns-names.ts';
import { type NamingHost, namingHost, type PtrResolver } from '../../src/resolve/naming-host.ts';
import { because } from '../support/requirements.ts';
import { type FakeDns, fakeDns, itAsking, withoutLoopback } from './fake-dns.ts';

vi.mock('../../src/flow/real-time.ts', () => import('../support/late-timers.ts'));

/** Longer than any of these tests may take. */
const patient = 20_000;

function asking(resolver: NamingHost['resolver']): NamingHost {
  return namingHost({ platform: 'linux', env: {}, resolver });
}

afterEach(() => {
  vi.useRealTimers();
});

const through = (dns: FakeDns) => asking((timeoutMs) => dns.resolver(timeoutMs));

describe('acceptedName', () => {
  it.each([
    ['a host name', ['gw1.example.net'], 'gw1.example.net'],
    ['the first of several', ['a.example', 'b.example'], 'a.example'],
    ['one label', ['router'], 'router'],
    ['a dot at the end', ['a.example.'], 'a.example'],
    ['underscores, as some hosts have', ['_a.under_score.example'], '_a.under_score.example'],
    ['case is kept', ['MiXed.Example'], 'MiXed.Example'],
    ['international names in their ASCII form', ['xn--caf-dma.example'], 'xn--caf-dma.example'],
    ['the longest', [`${'x'.repeat(252)}y`], `${'x'.repeat(252)}y`],
    ['too long', ['x'.repeat(254)], null],
    ['no name', [], null],
    ['the root', [''], null],
    ['a blank', ['two words.example'], null],
    ['an escape sequence', ['a\u001b[31m.example'], null],
    ['a backslash, as c-ares writes odd bytes', ['a\\027b.example'], null],
    ['a line break', ['a.example\nb'], null],
    ['letters beyond ASCII', ['café.example'], null],
    ['a dash first', ['-rf.example'], null],
    ['another address', ['127.0.0.1'], null],
    ['another address and a dot', ['10.0.0.1.'], null],
    ['a bad name before a good one', ['a b', 'good.example'], null],
  ])('%s', (_, answer, name) => {
    expect(acceptedName(answer)).toBe(name);
  });
});

describe(`dnsNames${because(withoutLoopback)}`, () => {
  itAsking('gives the names that the server knows', async () => {
    await using dns = await fakeDns((question) => {
      switch (question) {
        case '1.2.0.192.in-addr.arpa':
          return ['one.example'];
        case '2.2.0.192.in-addr.arpa':
          return ['first.example', 'second.example'];
        case `1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`:
          return ['six.example'];
        case '3.2.0.192.in-addr.arpa':
          return ['evil\u001b]0;title\u0007.example'];
        case '4.2.0.192.in-addr.arpa':
          return ['1\0' + '2\0' + '3\0' + '4'];
        case '5.2.0.192.in-addr.arpa':
          return 'servfail';
        case '6.2.0.192.in-addr.arpa':
          return [];
        default:
          return 'nxdomain';
      }
    });
    const addresses = [1, 2, 3, 4, 5, 6, 7].map((last) => `192.0.2.${last}`);
    const names = await dnsNames(new Set([...addresses, '2001:db8::1']), patient, through(dns));
    expect([...names].sort()).toEqual([
      ['192.0.2.1', 'one.example'],
      ['192.0.2.2', 'first.example'],
      ['2001:db8::1', 'six.example'],
    ]);
    expect(dns.cancelled()).toBe(1);
  });

  itAsking('asks about each address once, and one answer serves all its spellings', async () => {
    await using dns = await fakeDns(() => ['one.example']);
    const spellings = ['192.0.2.1', '::ffff:192.0.2.1', '192.0.2.1', '::192.0.2.1'];
    const names = await dnsNames(new Set(spellings), patient, through(dns));
    expect(dns.asked).toEqual(['1.2.0.192.in-addr.arpa']);
    expect([...new Set(spellings)].map((address) => names.get(address))).toEqual([
      'one.example',
      'one.example',
      'one.example',
    ]);
  });

  itAsking('asks side by side: every question arrives before any answer is given', async () => {
    const count = 200;
    let arrived = 0;
    let allArrived = () => {};
    const together = new Promise<void>((resolve) => {
      allArrived = resolve;
    });
    await using dns = await fakeDns(async () => {
      arrived += 1;
      if (arrived === count) {
        allArrived();
      }
      await together;
      return ['x.example'];
    });
    const addresses = Array.from({ length: count }, (_, index) => `10.0.0.${index}`);
    const names = await dnsNames(new Set(addresses), patient, through(dns));
    expect(names.size).toBe(count);
    expect(dns.asked).toHaveLength(count);
  });

  it('keeps the questions that are open at a time within bounds, and asks them all', async () => {
    let open = 0;
    let most = 0;
    const resolver: PtrResolver = {
      async resolvePtr() {
        open += 1;
        most = Math.max(most, open);
        await new Promise(setImmediate);
        open -= 1;
        return ['x.example'];
      },
      cancel() {},
    };
    const addresses = Array.from({ length: 2000 }, (_, at) => `10.0.${at >> 8}.${at & 255}`);
    const names = await dnsNames(
      new Set(addresses),
      patient,
      asking(async () => resolver),
    );
    expect(names.size).toBe(2000);
    expect(most).toBe(256);
  });

  itAsking(
    'gives up at the deadline what a silent server leaves open, and keeps what was answered',
    async () => {
      await using dns = await fakeDns((question) =>
        question.startsWith('1.') ? ['one.example'] : 'silence',
      );
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const resolver = await dns.resolver(patient);
      let answered = false;
      const host = asking(async () => ({
        async resolvePtr(question) {
          const reply = await resolver.resolvePtr(question);
          answered = true;
          return reply;
        },
        cancel: () => resolver.cancel(),
      }));
      const answer = dnsNames(new Set(['192.0.2.1', '192.0.2.2', '2001:db8::2']), 1000, host);
      // The deadline comes once all have been asked and one has answered, however long that takes.
      while (!answered || dns.asked.length < 3) await new Promise(setImmediate);
      vi.advanceTimersByTime(1000);
      expect([...(await answer)]).toEqual([['192.0.2.1', 'one.example']]);
      expect(dns.asked).toHaveLength(3);
      expect(dns.cancelled()).toBe(1);
    },
  );

  it('ends at the deadline even where cancelling settles nothing, and takes no later answer', async () => {
    let answer = (_names: string[]) => {};
    const resolver: PtrResolver = {
      resolvePtr: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
      cancel() {},
    };
    const names = await dnsNames(
      new Set(['192.0.2.1', '192.0.2.1']),
      20,
      asking(async () => resolver),
    );
    answer(['late.example']);
    await new Promise(setImmediate);
    expect(names.size).toBe(0);
  });

  it('reports which addresses got no answer in time, without those that have no name', async () => {
    const failing = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));
    const resolver: PtrResolver = {
      resolvePtr(question) {
        if (question.startsWith('1.')) return Promise.resolve(['one.example']);
        if (question.startsWith('2.')) return failing('ENOTFOUND');
        if (question.startsWith('3.')) return failing('ETIMEOUT');
        return new Promise(() => {});
      },
      cancel() {},
    };
    const givenUp: (readonly string[])[] = [];
    const giveUp = (some: readonly string[]) => givenUp.push(some);
    const host = asking(async () => resolver);
    const addresses = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '::ffff:192.0.2.4'];
    await dnsNames(new Set(addresses), 20, host, giveUp);
    await dnsNames(new Set(addresses.slice(0, 2)), patient, host, giveUp);
    expect(givenUp).toEqual([addresses.slice(2)]);
  });

  it.each([
    ['nothing to ask', [], patient],
    [
      'nothing that has a name in DNS',
      ['', 'localhost', 'fe80::1%eth0', '2001:db8:0:0:85a'],
      patient,
    ],
    ['no time', ['192.0.2.1'], 0],
  ])('makes no resolver for %s', async (_, addresses, timeoutMs) => {
    const host = asking(() => Promise.reject(new Error('not wanted')));
    expect((await dnsNames(new Set(addresses), timeoutMs, host)).size).toBe(0);
  });

  itAsking('leaves numbers, at once, where no server is to be reached', async () => {
    const dns = await fakeDns(() => 'silence');
    await dns[Symbol.asyncDispose]();
    const names = await dnsNames(new Set(['192.0.2.1', '2001:db8::1']), patient, through(dns));
    expect(names.size).toBe(0);
  });
});
