/** Both programs read the same copy of /proc, so that everything must agree, timers too. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isExecutable } from '../support/program.ts';
import { cases, refused, table } from './cases.ts';
import { asNetTools } from './deviations.ts';
import { skipReason, startZoo, type Zoo } from './zoo.ts';

const states = [
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'TIME_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
];

describe.skipIf(skipReason)(`a copy of the zoo's /proc ${skipReason ?? ''}`, () => {
  let zoo: Zoo;
  let proc: string;

  beforeAll(async () => {
    zoo = await startZoo('ordinary');
    await zoo.renew();
    proc = await zoo.freeze();
  });
  afterAll(() => zoo?.stop());

  it('has every TCP state that lasts, for IPv4 and IPv6', async () => {
    const { stdout } = await zoo.netstat(['-tan'], { proc });
    for (const protocol of ['tcp ', 'tcp6']) {
      const rows = stdout
        .toString('latin1')
        .split('\n')
        .filter((row) => row.startsWith(protocol));
      const seen = new Set(rows.map((row) => row.split(/ +/)[5]));
      expect([...states].filter((state) => !seen.has(state))).toEqual([]);
    }
  });

  it('has every timer, waiting data, and every type of UNIX socket', async () => {
    const inet = (await zoo.netstat(['-tano'], { proc })).stdout.toString('latin1');
    for (const timer of ['off', 'on', 'keepalive', 'timewait', 'probe']) {
      expect(inet).toMatch(new RegExp(` ${timer} \\(`));
    }
    expect(inet).toMatch(/^tcp +[1-9]\d* +0 .*LISTEN/m);
    expect(inet).toMatch(/^tcp +[1-9]\d* +0 .*ESTABLISHED/m);
    expect(inet).toMatch(/^tcp +0 +[1-9]\d* .*ESTABLISHED/m);
    const unix = (await zoo.netstat(['-xa'], { proc })).stdout.toString('latin1');
    for (const kind of [
      'STREAM +LISTENING',
      'DGRAM',
      'SEQPACKET +CONNECTED',
      'STREAM +CONNECTING',
    ]) {
      expect(unix).toMatch(new RegExp(` ${kind} `));
    }
  });

  it.each(table(cases))('%s', async (_, args) => {
    const theirs = await zoo.netstat(args, { proc });
    const ours = await zoo.tsnetstat(['--proc-root', proc, ...args]);
    const printed = asNetTools(ours.stdout.toString('latin1'), args, zoo.ready.programs);
    expect(printed).toBe(theirs.stdout.toString('latin1'));
    expect(ours.code === 0, ours.stderr).toBe(theirs.code === 0);
  });

  // Bun, which an executable consists of, does not start without a /proc that shows its own process.
  it.each(isExecutable ? [] : [['-tulpn'], ['-xap'], ['-taeo'], ['']])(
    'as the /proc of the machine: %s',
    async (line) => {
      const args = line === '' ? [] : [line];
      const theirs = await zoo.netstat(args, { proc });
      const ours = await zoo.tsnetstat(args, { proc });
      const printed = asNetTools(ours.stdout.toString('latin1'), args, zoo.ready.programs);
      expect(printed, ours.stderr).toBe(theirs.stdout.toString('latin1'));
    },
  );

  it('shows whole what net-tools cuts: paths with blanks, and with -W programs', async () => {
    const unix = await zoo.tsnetstat(['--proc-root', proc, '-xa']);
    for (const path of [
      '/mnt/with blank.sock',
      '/mnt/two  blanks and more',
      '@abstract with blanks',
    ]) {
      expect(unix.stdout.toString()).toContain(` ${path}\n`);
    }
    const wide = await zoo.tsnetstat(['--proc-root', proc, '-tlnpW']);
    for (const program of ['nginx: master process x', 'n'.repeat(60), 'm'.repeat(60)]) {
      expect(wide.stdout.toString()).toContain(`/${program}`);
    }
  });

  it.each(table(refused))('%s, which this kernel has no table for', async (_, args) => {
    const theirs = await zoo.netstat(args, { proc });
    const ours = await zoo.tsnetstat(['--proc-root', proc, ...args]);
    expect(theirs.code).not.toBe(0);
    expect(theirs.stdout.subarray(0, ours.stdout.length)).toEqual(ours.stdout);
    expect(ours.code).toBe(2);
    expect(ours.stderr).toMatch(/^tsnetstat: .*(sctp|udplite).*\n$/);
  });

  it('-c repeats the table, header and all', async () => {
    const once = (await zoo.netstat(['-tan'], { proc })).stdout.toString('latin1');
    // Two rounds, however long they take: what comes after them finds the pipe closed.
    const under = ['sh', '-c', `"$@" | head -c ${2 * once.length}`, 'sh'];
    for (const output of [
      await zoo.netstat(['-tanc'], { proc, under }),
      await zoo.tsnetstat(['-tanc', '--proc-root', proc], { under }),
    ]) {
      expect(output.stdout.toString('latin1')).toBe(once + once);
    }
  });
});
