/** What --tcp-info tells of real connections is what ss tells, or lies between two readings of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InetSocket } from '../../src/model/socket/socket.ts';
import type { TcpInfo } from '../../src/model/socket/tcp-info.ts';
import { skipReason, startZoo, type Zoo } from './zoo.ts';

const nobody = 65534;

/** How ss writes each field; what it leaves out is 0. `(-)` in a name: it is left out where there is none. */
const fields = {
  rto: /\brto:([\d.]+)/,
  rtt: /\brtt:([\d.]+)\//,
  rttVar: /\brtt:[\d.]+\/([\d.]+)/,
  mss: /\bmss:(\d+)/,
  pmtu: /\bpmtu:(\d+)/,
  cwnd: /\bcwnd:(\d+)/,
  ssthresh: /\bssthresh:(\d+)/,
  bytesSent: /\bbytes_sent:(\d+)/,
  bytesAcked: /\bbytes_acked:(\d+)/,
  bytesReceived: /\bbytes_received:(\d+)/,
  bytesRetransmitted: /\bbytes_retrans:(\d+)/,
  unacked: /\bunacked:(\d+)/,
  lost: /\blost:(\d+)/,
  retransmitting: /\bretrans:(\d+)\//,
  retransmitted: /\bretrans:\d+\/(\d+)/,
  duplicates: /\bdsack_dups:(\d+)/,
  notSent: /\bnotsent:(\d+)/,
  minRtt: /\bminrtt:([\d.]+)/,
  busy: /\bbusy:(\d+)ms/,
} as const satisfies Partial<Record<keyof TcpInfo, RegExp>>;

/** Both ends as ss writes them. */
function ends({ local, remote }: InetSocket): string {
  return [local, remote]
    .map(({ address, port }) =>
      address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`,
    )
    .join(' ');
}

function readSs(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').filter((line) => /^[A-Z]/.test(line) && !/^LISTEN/.test(line));
  return new Map(
    lines.map((line) => {
      const [, , , local = '', remote = '', ...rest] = line.trim().split(/\s+/);
      return [`${local} ${remote}`, rest.join(' ')];
    }),
  );
}

describe.skipIf(skipReason)(`the zoo's connections beside ss ${skipReason ?? ''}`, () => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await startZoo('ordinary');
  });
  afterAll(() => zoo?.stop());

  it.each([
    ['root', {}],
    ['an unprivileged user', { uid: nobody }],
  ])('%s', async (_, visit) => {
    const seen = new Set<string>();
    // The zoo loses segments and sends some again, once it has waited for them, so that no field is compared by
    // zeros alone.
    const wanted = ['rtt', 'cwnd', 'bytesAcked', 'bytesReceived', 'retransmitted', 'lost'];
    for (let times = 0; times === 0 || !wanted.every((name) => seen.has(name)); times++) {
      if (times > 0) await sleep(200);
      await compare(visit, seen);
    }
  });

  /** Compares every connection; adds to `seen` the fields that are not zero of some. */
  async function compare(visit: { readonly uid?: number }, seen: Set<string>): Promise<void> {
    const ss = async () =>
      readSs((await zoo.run(['ss', '-tinoO', 'state', 'connected'], visit)).stdout.toString());
    const before = await ss();
    const ours = await zoo.tsnetstat(['-tan', '--tcp-info', '--json'], visit);
    const after = await ss();
    expect(ours.stderr).toBe('');
    const { sockets } = JSON.parse(ours.stdout.toString()) as { sockets: InetSocket[] };
    let compared = 0;
    for (const socket of sockets) {
      const { tcpInfo } = socket;
      expect(tcpInfo, ends(socket)).not.toBeUndefined();
      if (socket.state === 'LISTEN' || socket.state === 'TIME_WAIT') expect(tcpInfo).toBeNull();
      const [first, last] = [before, after].map((all) => all.get(ends(socket)));
      if (!tcpInfo || first === undefined || last === undefined) continue;
      compared++;
      for (const [name, pattern] of Object.entries(fields)) {
        const counts = [first, last].map((text) => Number(pattern.exec(text)?.[1] ?? 0));
        const value = Number(tcpInfo[name as keyof typeof fields] ?? 0);
        if (value !== 0) seen.add(name);
        // ss writes six digits.
        const least = Math.min(...counts) * 0.99999 - 1e-9;
        const most = Math.max(...counts) * 1.00001 + (name === 'busy' ? 1 : 1e-9);
        expect(value, `${name} of ${ends(socket)}: ${first}`).toBeGreaterThanOrEqual(least);
        expect(value, `${name} of ${ends(socket)}: ${first}`).toBeLessThanOrEqual(most);
      }
      expect(first.split(' ')).toContain(tcpInfo.congestionControl);
      const scales = /\bwscale:(\d+),(\d+)/.exec(first);
      expect(tcpInfo.options).toMatchObject({
        timestamps: /\bts\b/.test(first),
        sack: /\bsack\b/.test(first),
        sendWindowScale: scales && Number(scales[1]),
        receiveWindowScale: scales && Number(scales[2]),
      });
    }
    expect(compared).toBeGreaterThan(10);
  }

  it('stands behind the other columns, one line a socket', async () => {
    // TIME_WAIT, which ends by itself, lasts for as long as this takes.
    await zoo.renew();
    const plain = await zoo.tsnetstat(['-tan']);
    const more = await zoo.tsnetstat(['-tan', '--tcp-info']);
    const lines = (text: Buffer) => text.toString().split('\n').slice(2, -1);
    const starts = lines(more.stdout).map((line) => line.slice(0, 80).trimEnd());
    expect(starts.length).toBe(lines(plain.stdout).length);
    for (const line of lines(more.stdout)) {
      expect(line).toMatch(/ ([\d.]+|-) +(\d+|-) +(\d+|-) +(\d+|-) +(\d+|-)$/);
    }
  });
});
