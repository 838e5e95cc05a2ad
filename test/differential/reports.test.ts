import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { skipReason, startWorld, type World } from './reports-world.ts';

/** Each as it would be typed. */
const cases = [
  ['-r', '-rn', '-re', '-rne', '-ree', '-rnee', '-rneee', '-rnF', '-rW', '-rnv', '-r4', '-rn4e'],
  ['-r6', '-r6n', '-r6ne', '-r6nee', '-r6W', '-r46', '-rn46ee', '-rna', '--route --numeric'],
  ['-rnA inet', '-rnA inet6', '-r -A inet,inet6', '--route --inet6', '-r --numeric-hosts'],
  ['-i', '-ia', '-in', '-iW', '-iv', '-i4', '-ia6', '--interfaces --all'],
  ['-ie', '-iae', '-iee', '-iaee', '-ine', '-iae --numeric-hosts', '--interfaces --extend'],
  ['-g', '-gn', '-ge', '-gne', '-gW', '-gnv', '-ga', '--groups --numeric-hosts'],
].flat();

/** Letters of one report, maybe twice, with families, numbers and details, in any order. */
const bundles = fc
  .record({
    report: fc.constantFrom('r', 'i', 'g'),
    isTwice: fc.boolean(),
    others: fc.subarray(['4', '6', 'x', 'a', 'v']),
  })
  .chain(({ report, isTwice, others }) => {
    const letters = ['n', report, ...(isTwice ? [report] : []), ...others];
    return fc.shuffledSubarray(letters, { minLength: letters.length });
  })
  .map((letters) => letters.join(''));

/** What netstat shows with -g, without the tables of sockets that it adds. */
function onlyGroups(text: string): string {
  const start = text.indexOf('IPv6/IPv4 Group Memberships\n');
  return start < 0 ? text : text.slice(start).replace(/^Active UNIX[\s\S]*/m, '');
}

/** Captured tables that no kernel gives on demand; their own expectations are in the unit tests. */
const fixtures = fileURLToPath(new URL('../../fixtures/linux/', import.meta.url));
const frozen = readdirSync(fixtures).filter((name) => /^reports-.*-le$/.test(name));

describe.skipIf(skipReason !== null)(`reports as net-tools prints them ${skipReason ?? ''}`, () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world?.stop());

  it.each(cases)('%s', async (flags) => {
    const args = flags.split(' ');
    const { theirs, ours } = await whileStill(
      async () => (await world.netstat(args)).stdout.toString('latin1'),
      async () => (await world.tsnetstat(args)).stdout.toString('latin1'),
    );
    expect(withoutFullName(ours)).toBe(withoutFullName(theirs));
    expect(ours.split('\n').length).toBeGreaterThan(flags === '-rneee' ? 1 : 10);
  });

  it.each(fc.sample(bundles, 24))(
    'the differences in -%s are the documented ones',
    async (flags) => {
      const isTwice = /r.*r|i.*i/.test(flags);
      // IPv4 comes first, and netstat takes no report but groups twice.
      const reference = flags
        .replace(isTwice ? /([ri])(?=.*\1)/ : '', '')
        .replace(/6(.*)4/, '4$16');
      const text = async (letters: string) =>
        (await world.netstat([`-${letters}`])).stdout.toString('latin1');
      const { theirs, ours } = await whileStill(
        async () => onlyGroups(await text(reference)),
        async () => (await world.tsnetstat([`-${flags}`])).stdout.toString('latin1'),
      );
      const { code } = await world.netstat([`-${flags}`]);
      const isRefused = /r/.test(flags) && /x/.test(flags);
      expect(code).toBe(isTwice || isRefused ? 3 : 0);
      expect((await world.tsnetstat([`-${flags}`])).code).toBe(isRefused ? 2 : 0);
      expect(withoutFullName(ours)).toBe(isRefused ? '' : withoutFullName(theirs));
    },
  );

  // Not -g: netstat's later rounds have IPv6 groups that are none.
  it.each(['-i', '-rn', '-ie', '-rn6'])('%s -c, the first rounds', async (flags) => {
    const one = (await world.netstat([flags])).stdout.toString('latin1').split('\n').length;
    const rounds = async (...command: string[]) => {
      const text = await world.run(['sh', '-c', `"$@" | head -n ${2 * one - 4}`, 'sh', ...command]);
      return withoutFullName(text.stdout.toString('latin1'));
    };
    const { theirs, ours } = await whileStill(
      () => rounds('stdbuf', '-oL', '/usr/bin/netstat', flags, '-c'),
      () => rounds(...program, flags, '-c'),
    );
    expect(ours).toBe(theirs);
  });

  it.each(frozen.flatMap((name) => ['-rn', '-rne', '-rnee', '-rn6', '-gn'].map((f) => [name, f])))(
    'the captured tables of %s with %s',
    async (name = '', flags = '') => {
      const proc = join(fixtures, name);
      const theirs = await world.netstat([flags], proc);
      const ours = await world.tsnetstat([flags, '--proc-root', proc]);
      expect(ours.stdout.toString('latin1')).toBe(theirs.stdout.toString('latin1'));
    },
  );

  it('-i without iproute2 to ask', async () => {
    const { theirs, ours } = await whileStill(
      async () => (await world.netstat(['-i'])).stdout.toString('latin1'),
      async () => {
        const without = ['unshare', '--mount', 'sh', '-c', hide, 'sh'];
        return (await world.tsnetstat(['-i'], without)).stdout.toString('latin1');
      },
    );
    expect(withoutFullName(ours)).toBe(withoutFullName(theirs));
  });

  it('-ie without iproute2 to ask: netmasks, secondary addresses, aliases and broadcasts', async () => {
    // Without IPv6 nothing is sent that would count on between two answers.
    const make = `set -e
      mount -t sysfs none /sys
      echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6
      ip link set lo up
      ip link add v0 type veth peer name v1
      ip address add 192.0.2.1/24 broadcast + dev v0
      ip address add 192.0.2.2/24 broadcast + dev v0
      ip address add 192.0.2.3/24 broadcast + dev v0 label v0:1
      ip address add 198.51.100.9/25 broadcast 198.51.100.99 dev v1
      ip address add 203.0.113.9/32 broadcast 203.0.113.9 dev v1 label v1:x
      ip address add 10.0.0.1/31 dev v1 label v1:y
      ip link set v0 up
      ip link set v1 up
      ip link add away0 type veth peer name away1
      ip address add 10.9.0.1/16 broadcast + dev away0
      ip link set away0 up
      # The kernel tells of carriers a moment later.
      for name in v0 v1; do until ip link show $name | grep -q 'state UP'; do sleep 0.05; done; done
      until ip link show away0 | grep -q NO-CARRIER; do sleep 0.05; done
      ${hide}`;
    const within = ['unshare', '--net', '--mount', 'sh', '-c', make, 'sh'];
    const [theirs, ours] = [
      await world.run([...within, '/usr/bin/netstat', '-iae']),
      await world.tsnetstat(['-iae'], within),
    ];
    const text = ours.stdout.toString();
    // Hardware addresses are new in each namespace.
    const comparable = (output: string) => output.replace(/ether [\da-f:]+/g, 'ether');
    expect(text, theirs.stderr + ours.stderr).toContain('broadcast 198.51.100.99');
    expect(comparable(text)).toBe(comparable(theirs.stdout.toString()));
  });

  it('-ie without iproute2 to ask: does not make the end of a tunnel up', async () => {
    const make = `set -e
      ip tuntap add dev tun0 mode tun
      ip address add 10.0.0.1 peer 10.0.0.2/32 dev tun0
      ip link set tun0 up
      ${hide}`;
    const within = ['unshare', '--net', '--mount', 'sh', '-c', make, 'sh'];
    const ours = (await world.tsnetstat(['-iae'], within)).stdout.toString();
    expect(ours).not.toContain('destination 10.0.0.1');
  });

  it('counts packets of an interface with a name of 15 characters, where net-tools shows 0', async () => {
    const { theirs, ours } = await whileStill(
      async () =>
        (await world.run(['ip', '-json', '-stats', 'link', 'show', fullName])).stdout.toString(),
      async () => (await world.tsnetstat(['-i'])).stdout.toString(),
    );
    const [{ stats64 }] = JSON.parse(theirs) as [{ stats64: { tx: Record<string, number> } }];
    expect(stats64.tx.dropped).toBeGreaterThan(0);
    const columns = ours
      .split('\n')
      .find((line) => line.startsWith(fullName))
      ?.split(/ +/);
    expect(columns?.[8]).toBe(String(stats64.tx.dropped));
  });

  it('counts what nstat counts', async () => {
    const history = temporaryFolder('nstat-');
    const { theirs, ours } = await whileStill(
      async () => {
        const { stdout } = await world.run([
          'env',
          `NSTAT_HISTORY=${join(history, 'none')}`,
          ...['nstat', '--ignore', '--zeros', '--noupdate'],
        ]);
        return stdout.toString();
      },
      async () => (await world.tsnetstat(['-s', '-a', '--json'])).stdout.toString(),
    );
    const expected = new Map(
      theirs
        .split('\n')
        .filter((line) => /^\w/.test(line))
        .map((line) => {
          const [name = '', value = ''] = line.split(/ +/);
          return [name, Number(value)] as const;
        }),
    );
    const { statistics } = JSON.parse(ours) as {
      statistics: { group: string; name: string; value: number }[];
    };
    const counted = new Map(statistics.map((one) => [one.group + one.name, one.value]));
    expect(expected.size).toBeGreaterThan(100);
    expect(expected.get('TcpActiveOpens')).toBeGreaterThan(0);
    expect([...expected].filter(([name, value]) => counted.get(name) !== value)).toEqual([]);
    // nstat leaves settings out; every other counter of ours is one of its.
    const settings =
      /^(IpForwarding|IpDefaultTTL|Tcp(RtoAlgorithm|RtoMin|RtoMax|MaxConn|CurrEstab))$/;
    expect(
      [...counted.keys()].filter((name) => !expected.has(name) && !settings.test(name)),
    ).toEqual([]);
  });

  it('keeps escapes in an interface name from the terminal, and its columns in line', async () => {
    const name = 'e\u001b[31mx';
    await world.run(['ip', 'link', 'add', name, 'type', 'bridge']);
    await world.run(['ip', 'link', 'set', name, 'up']);
    await world.run(['ip', 'route', 'add', '10.60.0.0/16', 'dev', name]);
    for (const args of [['-ia'], ['-iae'], ['-rn'], ['-rnee'], ['-gn'], ['-r6n']]) {
      const text = (await world.tsnetstat(args)).stdout.toString();
      expect(text).not.toContain('\u001b');
      if (args[0] !== '-rnee') expect(text).toContain('e\\x1b[31mx');
    }
    const table = (await world.tsnetstat(['-ia'])).stdout.toString().split('\n');
    expect(table.find((line) => line.startsWith('e\\x1b'))).toMatch(/^e\\x1b\[31mx {7}1500 /);
    await world.run(['ip', 'link', 'delete', name]);
  });
});

const fullName = 'abcdefghijklmno';

/** In a shell: hides `ip`, then runs a command. */
const hide =
  'for ip in /usr/sbin/ip /sbin/ip /usr/bin/ip /bin/ip; do [ ! -e $ip ] || mount --bind /dev/null $ip; done; exec "$@"';

/** net-tools does not find the counters of an interface whose name has all 15 characters. */
function withoutFullName(text: string): string {
  return text
    .replace(/^(abcdefghijklmno +\d+ +)[\d ]+/gm, '$1')
    .replace(/^(abcdefghijklmno: (?:.+\n)+?)(?: +[RT]X .+\n){4}/gm, '$1');
}

/** Both answers, taken while the world did not change: the real one is the same before and after. */
async function whileStill(
  real: () => Promise<string>,
  own: () => Promise<string>,
): Promise<{ theirs: string; ours: string }> {
  for (let attempt = 0; ; attempt++) {
    const before = await real();
    const ours = await own();
    const theirs = await real();
    if (before === theirs || attempt >= 40) return { theirs, ours };
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
