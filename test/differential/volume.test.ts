/**
 * Tables of the size of big machines: every byte as net-tools prints it. Sockets and routes are made-up
 * tables mounted over /proc; interfaces, whose flags net-tools asks the kernel for, are real ones.
 */
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { run } from '../support/command.ts';
import { program, programFiles } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const netstat = '/usr/bin/netstat';
const skipReason = reasonToSkip({
  platforms: ['linux'],
  root: true,
  programs: [netstat, 'unshare', 'ip'],
  files: programFiles,
});

/** Enough on a machine that is busy with other things; nothing here measures time. */
const patience = 600_000;

const word = (value: number) => (value >>> 0).toString(16).toUpperCase().padStart(8, '0');

/** The lines of a table, some at a time, so that nobody holds 60 MB of text. */
function* text(header: string, rows: number, row: (at: number) => string): Generator<string> {
  yield `${header}\n`;
  for (let at = 0; at < rows; at += 1000) {
    let chunk = '';
    for (let each = at; each < Math.min(rows, at + 1000); each++) chunk += `${row(each)}\n`;
    yield chunk;
  }
}

/** net/ipv4/tcp_ipv4.c, get_tcp4_sock; each row 149 characters, as the kernel pads them. */
function socketRow(at: number): string {
  const local = word(0x0100007f + (at % 250) * 0x10000);
  const remote = word(0x0200000a + (at >> 8) * 0x100);
  const state = (1 + (at % 11)).toString(16).toUpperCase().padStart(2, '0');
  const ends = `${local}:${(at & 0xffff).toString(16).toUpperCase().padStart(4, '0')} ${remote}:01BB`;
  const queues = `${word(at % 7)}:${word(at % 5)} 00:00000000 00000000`;
  return `${String(at).padStart(4)}: ${ends} ${state} ${queues} ${String(at % 1000).padStart(5)}        0 ${at + 1} 1 0000000000000000 20 4 30 10 -1`.padEnd(
    149,
  );
}

/** net/ipv4/fib_trie.c, fib_route_seq_show; each row 127 characters. */
function routeRow(at: number): string {
  const isHost = at % 3 !== 0;
  const to = word(((at & 0xff) << 24) + (((at >> 8) & 0xff) << 16) + ((at >> 16) << 8) + 0x0a);
  const fields = [`eth${at % 97}`, to, at % 2 ? '0100000A' : '00000000'];
  const flags = `${isHost ? '0005' : at % 2 ? '0003' : '0001'}`;
  const mask = isHost ? 'FFFFFFFF' : '00FFFFFF';
  return [...fields, flags, at % 4, at, at % 1024, mask, at % 1500, 0, at % 9]
    .join('\t')
    .padEnd(127);
}

describe.skipIf(skipReason !== null)(`tables of many rows ${skipReason ?? ''}`, () => {
  const folder = temporaryFolder('volume-');

  const tables = [
    {
      name: '400,000 sockets',
      table: 'tcp',
      lines: () =>
        text(
          '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'.padEnd(
            149,
          ),
          400_000,
          socketRow,
        ),
      rows: 400_000,
      flags: ['-tan', '-tane'],
    },
    {
      name: '100,000 routes',
      table: 'route',
      lines: () =>
        text(
          'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT'.padEnd(
            127,
          ),
          100_000,
          routeRow,
        ),
      rows: 100_000,
      flags: ['-rn', '-rne', '-rnee'],
    },
  ];

  describe.each(tables)('$name', ({ table, lines, rows, flags }) => {
    const proc = join(folder, table);
    beforeAll(async () => {
      mkdirSync(join(proc, 'net'), { recursive: true });
      await pipeline(Readable.from(lines()), createWriteStream(join(proc, 'net', table)));
    });

    it.each(flags)(
      '%s',
      async (flag) => {
        const over = ['unshare', '--mount', 'sh', '-c', 'mount --bind "$0" /proc && exec "$@"'];
        const theirs = await run([...over, proc, netstat, flag]);
        const ours = await run([...program, '--proc-root', proc, flag]);
        expect(ours.code, ours.stderr).toBe(0);
        expect(ours.stdout.equals(theirs.stdout)).toBe(true);
        expect(ours.stdout.toString('latin1').split('\n').length).toBe(rows + 3);
      },
      patience,
    );
  });

  it(
    '5,000 interfaces, and the groups and routes that come with them',
    async () => {
      // Without IPv6 nothing is sent that would count on between two answers.
      const script = `
        set -e
        mount -t sysfs none /sys
        echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6
        at=0
        while [ $at -lt 2500 ]; do
          echo "link add v$at type veth peer name w$at"
          echo "link set v$at up"
          echo "link set w$at up"
          echo "address add 10.$((at / 250)).$((at % 250)).1/24 brd + dev v$at"
          at=$((at + 1))
        done | ip -batch -
        # The kernel tells of carriers a moment later.
        until [ "$(ip -o link show | grep -c 'state UP')" = 5000 ]; do sleep 0.2; done
        for flag in -i -gn -rn; do
          ${netstat} $flag > "$0/theirs$flag"
          "$@" $flag > "$0/ours$flag"
        done
        "$@" -ie > "$0/long"`;
      const { code, stderr } = await run([
        ...['unshare', '--net', '--mount', '--', 'sh', '-c', script, folder],
        ...program,
      ]);
      expect(code, stderr).toBe(0);
      const read = (name: string) => readFileSync(join(folder, name), 'latin1');
      for (const [flag, lines] of [
        ['-i', 5_000],
        ['-gn', 5_000],
        ['-rn', 2_500],
      ] as const) {
        expect(read(`ours${flag}`)).toBe(read(`theirs${flag}`));
        expect(read(`ours${flag}`).split('\n').length).toBeGreaterThan(lines);
      }
      // net-tools takes half a minute and more for these.
      const blocks = read('long').split('\n\n');
      expect(blocks.length).toBe(5_001);
      expect(
        blocks.filter((block) =>
          /\n +inet 10\.\d+\.\d+\.1 +netmask 255\.255\.255\.0 +broadcast 10\.\d+\.\d+\.255\n/.test(
            block,
          ),
        ).length,
      ).toBe(2_500);
    },
    patience,
  );
});
