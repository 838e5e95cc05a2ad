/** What is told of processes beyond their names is what ps tells. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/model/report/snapshot.ts';
import type { Owner } from '../../src/model/socket/owner.ts';
import { skipReason, startZoo, type Visit, type Zoo } from './zoo.ts';

/** Holds a listener on a port. */
const listen =
  'import socket,sys,signal; s=socket.socket(); s.bind(("127.0.0.1",int(sys.argv[1]))); s.listen(); print("open",flush=True); signal.pause()';

describe.skipIf(skipReason)(`processes beside ps ${skipReason ?? ''}`, () => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await startZoo('empty');
    // A shell that waits for its child, whose name has a parenthesis.
    writeFileSync(
      join(zoo.folder, 'outer'),
      `bash -c 'exec -a "odd) name" ./gone listen.py 4001'; true\n`,
    );
    writeFileSync(join(zoo.folder, 'listen.py'), listen);
    const script = `
      cd ${zoo.folder}
      ip link set lo up
      cp "$(readlink -f /usr/bin/python3)" gone
      mkfifo told
      PYTHONHOME=/usr setsid sh outer </dev/null >told &
      read -r line < told
      rm gone
      setpriv --reuid=65534 --clear-groups setsid /usr/bin/python3 listen.py 4002 </dev/null >told &
      read -r line < told
    `;
    // What is started must not hold this command's output open.
    const { code, stderr } = await zoo.run([
      'bash',
      '-c',
      `(${script}) >/dev/null 2>${join(zoo.folder, 'log')}`,
    ]);
    expect([code, stderr]).toEqual([0, '']);
  });
  afterAll(() => zoo?.stop());

  async function owner(port: number, visit: Visit = {}): Promise<Owner | undefined> {
    const { stdout } = await zoo.tsnetstat(['-tlnp', '--json', '--port', `${port}`], visit);
    return (JSON.parse(stdout.toString()) as Snapshot).sockets[0]?.owners?.[0];
  }
  async function ps(format: string, pid: number): Promise<string> {
    const { stdout } = await zoo.run([
      'env',
      'TZ=UTC',
      'LC_ALL=C',
      'ps',
      '-o',
      `${format}=`,
      '-p',
      `${pid}`,
    ]);
    return stdout.toString().trim();
  }

  it.each([4001, 4002])('have the same start, user and parents: port %i', async (port) => {
    const shown = (await owner(port)) as Owner;
    const started = Date.parse(`${await ps('lstart', shown.pid)} UTC`);
    const again = (await owner(port)) as Owner;
    // Both are computed from two clocks, read to the second and to the hundredth: while the first is being set, ps may
    // have read either time.
    const apart = [shown, again].map((one) => Math.abs(Date.parse(`${one.startedAt}`) - started));
    expect(Math.min(...apart)).toBeLessThanOrEqual(1000);
    expect(shown.uid).toBe(Number(await ps('euid', shown.pid)));
    const parents: { pid: number; name: string }[] = [];
    for (
      let pid = Number(await ps('ppid', shown.pid));
      pid !== 0;
      pid = Number(await ps('ppid', pid))
    ) {
      parents.unshift({ pid, name: await ps('comm', pid) });
    }
    expect(parents.length).toBeGreaterThan(0);
    expect(shown.parents).toEqual(parents);
  });

  it('show that their executable was deleted', async () => {
    expect(await owner(4001)).toMatchObject({
      executable: join(zoo.folder, 'gone'),
      executableDeleted: true,
    });
    expect((await owner(4002))?.executableDeleted).toBe(false);
  });

  it('have the same in columns, with names of users unless numbers are asked for', async () => {
    const columns = ['--columns', 'lport,euser,deleted', '--no-header', '--sort', 'lport'];
    const { stdout } = await zoo.tsnetstat(['-tl', '--numeric-ports', ...columns]);
    const rows = stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/ +/));
    expect(rows).toEqual([
      ['4001', 'root', 'yes'],
      ['4002', 'nobody', 'no'],
    ]);
  });
});
