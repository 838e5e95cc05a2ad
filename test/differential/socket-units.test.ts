/** Sockets that the real systemd holds for units, asked for by root and by who cannot see who holds them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/model/report/snapshot.ts';
import type { InetSocket } from '../../src/model/socket/socket.ts';
import { workloadLabel } from '../../src/model/socket/workload.ts';
import { program, programFiles } from '../support/program.ts';
import { because, reasonToSkip } from '../support/requirements.ts';
import { noSystemd, type Systemd, startSystemd } from '../support/systemd.ts';

const units = {
  'both.socket': '[Socket]\nListenStream=127.0.0.1:7081\n',
  'both.service': '[Service]\nExecStart=/usr/bin/sleep 600\n',
  'idle.socket': '[Socket]\nListenStream=127.0.0.1:7082\n',
  'idle.service': '[Service]\nExecStart=/usr/bin/sleep 600\n',
  'two.socket': '[Socket]\nListenDatagram=127.0.0.1:7083\nService=both.service\n',
};
const reason =
  noSystemd ??
  reasonToSkip({ platforms: ['linux'], root: true, programs: ['setpriv'], files: programFiles });

describe.skipIf(reason !== null)(`sockets of socket units${because(reason)}`, () => {
  let systemd: Systemd;
  beforeAll(async () => {
    const own = Object.entries(units).map(([name, text]) => [
      name,
      `[Unit]\nDefaultDependencies=no\n${text}`,
    ]);
    systemd = await startSystemd(Object.fromEntries(own));
    const start =
      'systemctl start both.socket two.socket idle.socket && systemctl start both.service';
    await systemd.inside('sh', '-ec', `ip link set lo up; ${start}`);
  });
  afterAll(() => systemd?.stop());

  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

  async function asked(who: readonly string[], ...args: readonly string[]): Promise<string> {
    return (await systemd.inside(...who, ...program, ...args)).stdout.toString();
  }

  async function sockets(who: readonly string[], ...args: readonly string[]) {
    const text = await asked(who, '-tuln', '--workloads', '--json', ...args);
    return (JSON.parse(text) as Snapshot).sockets as InetSocket[];
  }

  it('have both the service and the socket unit, the service first', async () => {
    const shown = (await sockets([])).map(({ local, workloads = [] }) => [
      local.port,
      workloads.map(workloadLabel).join(' '),
    ]);
    expect(shown.sort()).toEqual([
      [7081, 'both.service both.socket'],
      [7082, 'idle.socket'],
      [7083, 'both.service two.socket'],
    ]);
  });

  it('are found by root by all names by which another user finds them', async () => {
    const theirs = await sockets(nobody);
    expect(theirs).toHaveLength(3);
    for (const { local, workload } of theirs) {
      const label = workload ? workloadLabel(workload) : '';
      const args = ['-tulnH', '--columns', 'lport', '--workload', label];
      expect((await asked(nobody, ...args)).trim(), label).toBe(String(local.port));
      expect((await asked([], ...args)).trim(), label).toBe(String(local.port));
    }
  });

  it('lead by a unit only to the processes in it, of which systemd is in none but its socket units', async () => {
    const main = await systemd.inside('systemctl', 'show', '-P', 'MainPID', 'both.service');
    const pids = (unit: string) => asked([], '-tuln', '--pids', '--workload', unit);
    expect(await pids('both.service')).toBe(main.stdout.toString());
    expect(await pids('both.socket')).toBe('1\n');
    expect(await pids('idle.socket')).toBe('1\n');
    expect(await asked([], '-tln', '--pids', '--port', '7081')).toBe(`1\n${main.stdout}`);
  });
});
