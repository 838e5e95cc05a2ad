/** What --workloads says of sockets whose processes are in cgroups of every form, beside ss --cgroup. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/model/report/snapshot.ts';
import type { InetSocket } from '../../src/model/socket/socket.ts';
import { workloadLabel } from '../../src/model/socket/workload.ts';
import { workloadOfPath } from '../../src/sources/linux/workloads/cgroup-path.ts';
import { removeCgroups, unifiedCgroups } from '../support/cgroup.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { skipReason as noZoo, startZoo, type Visit, type Zoo } from './zoo.ts';

const nobody = 65534;

interface World {
  readonly top: string;
  readonly ports: Readonly<Record<string, { readonly path: string; readonly pid: number }>>;
  readonly shared: number;
  readonly handed: number;
}

/** What each path's end is called. */
const labels: readonly (readonly [string, string | null])[] = [
  ['/system.slice/nginx.service', 'nginx.service'],
  ['/docker-0123456789abcc', 'docker:0123456789ab'],
  ['/docker/0123456789ab', 'docker:0123456789ab'],
  ['/libpod-0123456789abc', 'podman:0123456789ab'],
  ['/cri-containerd-', 'pod:0d3fb4a2-5b1'],
  ['/kubepods/besteffort', 'pod:0d3fb4a2-5b1'],
  ['/lxc.payload.web', 'lxc:web'],
  ['/machine-web', 'nspawn:web-two'],
  ['/session-3.scope', 'session-3.scope'],
  ['/app-flatpak-', 'flatpak:org.example.App'],
  ['/snap.lxd.daemon.service', 'snap:lxd.daemon'],
  ['/evil', 'evil\u001b[31m;$(id) \u202e.service'],
  ['/two words', 'two words.service'],
  ['/none-that-we-know', null],
];

function labelOf(path: string): string | null {
  const [, label] = labels.find(([part]) => path.includes(part)) ?? [];
  expect(label, path).not.toBeUndefined();
  return label as string | null;
}

const skipReason = noZoo ?? reasonToSkip({ platforms: ['linux'], programs: ['/usr/sbin/nginx'] });

describe.skipIf(skipReason)(`--workloads in cgroups ${skipReason ?? ''}`, () => {
  let zoo: Zoo;
  let world: World;
  let top = '';
  beforeAll(async () => {
    zoo = await startZoo('empty');
    const facts = await zoo.fill('workloads.py', 'workloads.json', unifiedCgroups());
    top = readFileSync(join(zoo.folder, 'top'), 'utf8');
    world = JSON.parse(facts) as World;
  });
  afterAll(async () => {
    await zoo?.stop();
    if (top !== '') await removeCgroups(top);
  });

  const visits: [string, Visit][] = [
    ['root', {}],
    ['an unprivileged user', { uid: nobody }],
  ];

  async function ours(args: readonly string[], visit: Visit = {}) {
    const { stdout, stderr, code } = await zoo.tsnetstat(args, visit);
    return { stdout: stdout.toString(), stderr, code };
  }
  async function sockets(args: readonly string[], visit?: Visit) {
    const { stdout } = await ours([...args, '--workloads', '--json'], visit);
    return (JSON.parse(stdout) as Snapshot).sockets as InetSocket[];
  }

  describe.each(visits)('as %s', (who, visit) => {
    it('every listener and UDP socket has the workload of its cgroup', async () => {
      const rows = await sockets(['-tuln'], visit);
      let seen = 0;
      for (const { local, workload, cgroup, noWorkload, owners } of rows) {
        const known = local.address === '127.0.0.1' ? world.ports[local.port] : undefined;
        if (known === undefined) continue;
        seen++;
        expect(cgroup).toBe(known.path);
        const label = labelOf(known.path);
        expect(workload ? workloadLabel(workload) : null).toBe(label);
        expect(noWorkload).toBe(label === null ? 'none' : null);
        expect(owners?.map(({ pid }) => pid)).toEqual(who === 'root' ? [known.pid] : []);
      }
      expect(seen).toBe(2 * labels.length);
    });

    it('the cgroup is the one that ss reports', async () => {
      const text = (await zoo.run(['ss', '-tlnH', '--cgroup'], visit)).stdout.toString();
      const rows = await sockets(['-tln'], visit);
      let compared = 0;
      for (const line of text.trim().split('\n')) {
        const [, address, port] = /(127\.0\.0\.\d):(\d+)\s/.exec(line) ?? [];
        const path = /cgroup:(.*?)\s*$/.exec(line)?.[1];
        const row = rows.find(({ local }) => local.address === address && `${local.port}` === port);
        if (address !== '127.0.0.1' || path === undefined || row === undefined) continue;
        compared++;
        // ss writes what it likes of names that nobody should have.
        if (!/evil|two/.test(path)) expect(row.cgroup).toBe(path);
      }
      expect(compared).toBe(labels.length);
    });

    it('nginx, whose processes another user cannot see, has its unit anyway', async () => {
      const [row] = await sockets(['-tln', '--port', '8080'], visit);
      expect(row?.workload?.name).toBe('nginx-real.service');
      const programs = row?.owners?.map(({ program }) => program?.split(':')[0]) ?? [];
      expect(programs).toEqual(who === 'root' ? ['nginx', 'nginx', 'nginx'] : []);
      const { stdout } = await ours(['-tlnp', '--workloads', '--port', '8080'], visit);
      expect(stdout).toMatch(who === 'root' ? /\/nginx: mast.* nginx-real/ : / - +nginx-real/);
    });

    it('a socket that systemd or another made and somebody else holds', async () => {
      const [row] = await sockets(['-tln', '--port', `${world.handed}`], visit);
      // Its holder is outside of all, and says so; who may not see it is told who made it.
      expect(row?.workload?.name ?? null).toBe(who === 'root' ? null : 'made.socket');
      expect(row?.noWorkload).toBe(who === 'root' ? 'none' : null);
    });
  });

  it('a socket of two workloads shows the first, and JSON has both', async () => {
    const [row] = await sockets(['-tln', '--port', `${world.shared}`]);
    expect(row?.workload?.name).toBe('one.service');
    expect(row?.workloads?.map(({ name }) => name)).toEqual(['one.service', 'two.service']);
    for (const name of ['one.service', 'two.service', 'unit:t*']) {
      const found = await sockets(['-tln', '--workload', name]);
      expect(found.map(({ local }) => local.port)).toContain(world.shared);
    }
    const pids = async (...args: readonly string[]) => {
      const { stdout } = await ours(['-tln', '--port', `${world.shared}`, '--pids', ...args]);
      return stdout.trim().split('\n');
    };
    const [one, two] = await Promise.all([
      pids('--workload', 'one.service'),
      pids('unit', '=', 'two.service'),
    ]);
    expect([one.length, two.length]).toEqual([1, 1]);
    expect(new Set([...one, ...two])).toEqual(new Set(await pids()));
    expect(one).not.toEqual(two);
  });

  const filters: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['a unit', ['--workload', 'nginx.service'], ['/nginx.service']],
    ['units by a pattern', ['--workload', 'unit:*nginx.*'], ['/nginx.service']],
    [
      'containers of a runtime',
      ['--workload', 'docker:*'],
      ['/docker-0123456789abcc', '/docker/0123456789ab'],
    ],
    ['a container by its short ID', ['--workload', 'podman:0123456789ab'], ['/libpod-']],
    ['a scope is a unit too', ['--workload', 'unit:session-*'], ['/session-3.scope']],
    ['an expression', ['unit', '=', 'apache2.service'], ['/lxc.payload.web']],
    ['a cgroup', ['cgroup', '=', '*/kubepods/*'], ['/kubepods/besteffort']],
    ['a pod', ['pod', '=', '0d3fb4a2-*'], ['/cri-containerd-', '/kubepods/besteffort']],
    ['a container', ['container', '=', 'web'], ['/lxc.payload.web']],
    ['none of these', ['--workload', 'nothing'], []],
  ];
  it.each(filters)('chosen: %s', async (_, args, parts) => {
    for (const [, visit] of visits) {
      const rows = await sockets(['-tln', ...args], visit);
      const found = rows.map(({ local }) => world.ports[local.port]?.path ?? '');
      const expected = Object.values(world.ports)
        .map(({ path }) => path)
        .filter((path) => parts.some((part) => path.includes(part)));
      expect(found.sort()).toEqual(expected.sort());
    }
  });

  it('is a column behind the others in netstat’s table, one word a row, and harmless', async () => {
    const { stdout } = await ours(['-tlnp', '--workloads']);
    const [, header = '', ...rows] = stdout.trimEnd().split('\n');
    expect(header.trimEnd()).toMatch(/PID\/Program name +Workload$/);
    expect(stdout).not.toContain('\u001b');
    for (const row of rows) {
      const [, , , local = ''] = row.split(/\s+/);
      const known = local.startsWith('127.0.0.1:')
        ? world.ports[local.split(':')[1] ?? '']
        : undefined;
      if (known === undefined || known.path.includes('evil')) continue;
      const shown = (labelOf(known.path) ?? '-').replaceAll(' ', '\\x20');
      expect(row.trimEnd().split(/\s+/).at(-1)).toBe(shown);
    }
  });

  it.each(visits)('the other end has its own, with --peers: %s', async (who, visit) => {
    const rows = await sockets(['-tn', '--peers'], visit);
    const of = (name: string) => rows.find(({ workload }) => workload?.name === name);
    expect(of('client.service')?.peer?.workload?.name).toBe('nginx.service');
    // Not taken yet, it has no owner, and was made in its listener's cgroup.
    expect(of('nginx.service')?.noOwner).toBe('none');
    expect(of('nginx.service')?.peer?.workload?.name).toBe('client.service');
    expect(of('client.service')?.noOwner).toBe(who === 'root' ? null : 'denied');
    const args = ['-tn', '--columns', 'workload,peerworkload', '--no-header'];
    expect((await ours(args, visit)).stdout).toMatch(/^client\.service +nginx\.service *$/m);
  });

  it('sorts by it and has it in CSV', async () => {
    const { stdout } = await ours([
      '-tln',
      '--format',
      'csv',
      '--columns',
      'workload,lport',
      '--sort',
      'workload',
    ]);
    const cells = stdout.trimEnd().split('\r\n').slice(1);
    const named = cells.filter((cell) => !cell.startsWith(','));
    // One of the labels is none; beside them there are the shared one and nginx.
    expect(named.length).toBe(labels.length + 1);
    const first = named.map((cell) => cell.split(/[;,]/)[0] as string);
    expect(first).toEqual([...first].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    // Those without one come last.
    expect(cells.findIndex((cell) => cell.startsWith(','))).toBe(named.length);
  });

  it.each([
    ['its own PID namespace', []],
    ['its own cgroup namespace too, where the others’ paths lead out of it', ['--cgroup']],
  ])('--proc-root shows a host’s /proc from a container with %s', async (_, more) => {
    const inside = [
      'mkdir -p /mnt/host',
      'mount --bind /proc /mnt/host',
      'mount -t proc proc /proc',
      'exec "$@" --proc-root /mnt/host -tln --workloads --json',
    ].join(' && ');
    const under = ['unshare', '--pid', '--mount', '--fork', ...more, 'sh', '-c', inside, 'sh'];
    const { stdout } = await zoo.run([...under, ...zoo.program]);
    const rows = (JSON.parse(stdout.toString()) as Snapshot).sockets as InetSocket[];
    let seen = 0;
    for (const { local, workload } of rows) {
      const known = local.address === '127.0.0.1' ? world.ports[local.port] : undefined;
      if (known === undefined) continue;
      seen++;
      expect(workload ? workloadLabel(workload) : null).toBe(labelOf(known.path));
    }
    expect(seen).toBe(labels.length);
  });

  it.each([
    ['what lives in it', 'pod:e5c4b4a2-5b1'],
    ['its name', 'cni-0d3fb4a2-5b1c-4f0e-9c7d-1234567890ab'],
    ['another container that lives there', 'docker:cccccccccccc'],
    ['the ID of that', 'cccccccccccc'],
  ])('a network namespace whose name was made up goes by %s', async (_, name) => {
    const every = await sockets(['--all-netns', '-tln', 'netns != own']);
    const pods = every.filter(({ netns }) => netns?.name === 'pod:e5c4b4a2-5b1');
    expect(pods).toHaveLength(3);
    const asked = await sockets(['--netns', name, '-tln']);
    expect(asked.map(({ inode }) => inode)).toEqual(pods.map(({ inode }) => inode));
  });

  it('a user who may read the number of only one process of a namespace sees the same name', async () => {
    const rows = await sockets(['--all-netns', '-tln', 'netns != own'], { uid: nobody });
    const called = rows.map(({ netns }) => netns?.name);
    expect(called).toEqual(Array.from({ length: 3 }, () => 'pod:e5c4b4a2-5b1'));
  });

  it('a name that does not exist is reported with the names of what lives in namespaces', async () => {
    const { stderr, code } = await ours(['--netns', 'pod:shop/web', '-tln']);
    expect([stderr, code]).toEqual([
      'tsnetstat: --netns pod:shop/web: there is no network namespace with that name; there are (own), pod:e5c4b4a2-5b1, docker:cccccccccccc\n',
      2,
    ]);
  });

  it('without the kernel’s own answers an unprivileged user is shown that it is denied', async () => {
    const rows = await sockets(['-tln', '--source', 'proc'], { uid: nobody });
    for (const { workload, noWorkload } of rows) {
      expect([workload, noWorkload]).toEqual([null, 'denied']);
    }
    const byOwner = await sockets(['-tln', '--source', 'proc']);
    expect(byOwner.filter(({ workload }) => workload).length).toBe(labels.length + 1);
  });

  it('a connection that waits to be accepted has none that is known, without the kernel’s own answers', async () => {
    const [port] =
      Object.entries(world.ports).find(([, { path }]) => path.endsWith('/nginx.service')) ?? [];
    const filter = [`sport = :${port} and dport != 0`];
    const [byNetlink] = await sockets(['-tn', ...filter]);
    expect(byNetlink?.workload?.name).toBe('nginx.service');
    const [byFile] = await sockets(['-tn', '--source', 'proc', ...filter]);
    expect([byFile?.noOwner, byFile?.noWorkload]).toEqual(['none', 'unknown']);
    const quiet = ['-tnq', '--source', 'proc'];
    const asked = await ours([...quiet, `${filter} and unit = nginx.service`]);
    expect([asked.code, asked.stderr]).toEqual([
      2,
      'tsnetstat: 1 socket left out may match: what they belong to is not known (no process holds them, or their cgroup is not visible)\n',
    ]);
    const other = await ours([...quiet, `dport = :${port} and peerworkload = nginx.service`]);
    expect([other.code, other.stderr]).toEqual([
      2,
      'tsnetstat: 1 socket left out may match: what their other ends belong to is not known (no process holds these, or their cgroup is not visible)\n',
    ]);
    // Others are known, so that it is certain.
    expect(await ours([...quiet, 'sport = 1 and unit = nginx.service'])).toMatchObject({
      code: 1,
      stderr: '',
    });
  });

  it('--diagnose shows the unit of a server to whoever may not see its process', async () => {
    for (const more of [[], ['--workloads']]) {
      const args = ['--diagnose', '--port', '8080', ...more];
      const { stdout } = await ours(args, { uid: nobody });
      expect(stdout).toContain('nginx-real.service');
      const json = JSON.parse((await ours([...args, '--json'], { uid: nobody })).stdout);
      expect(json.service.listeners[0].workload.name).toBe('nginx-real.service');
    }
  });

  it('--diagnose close-wait shows the unit that leaks to whoever may not see its process', async () => {
    const args = ['--diagnose', 'close-wait:count=5', '--json'];
    const { findings } = JSON.parse((await ours(args, { uid: nobody })).stdout);
    expect(findings[0].workloads.map(({ name }: { name: string }) => name)).toEqual([
      'leaking.service',
    ]);
    expect(findings[0].sockets[0].noOwner).toBe('denied');
  });

  it('shows of a path what the parser returns for it', async () => {
    for (const { cgroup, workload } of await sockets(['-tln'], { uid: nobody })) {
      expect(workload).toEqual(workloadOfPath(cgroup ?? ''));
    }
  });

  it('a user who cannot see processes gets “denied”, not “none”, while a program runs that may keep containers without a cgroup', async () => {
    const reasonsOf = async (visit: Visit) => {
      const rows = await sockets(['-tln', 'local = 127.0.0.1'], visit);
      const without = rows.filter(({ cgroup }) => cgroup?.endsWith('/none-that-we-know'));
      return without.map(({ noWorkload }) => noWorkload);
    };
    expect(await reasonsOf({ uid: nobody })).toEqual(['none']);
    // The kernel calls a process by its file's name; it ends with this world.
    const keep = 'cp /bin/sleep "$0/conmon"; setsid "$0/conmon" 600 </dev/null >"$0/kept" 2>&1 &';
    await zoo.run(['sh', '-c', keep, zoo.folder]);
    const find = 'grep -qsx conmon /proc/[0-9]*/comm';
    await zoo.run(['sh', '-c', `until ${find}; do sleep 0.1; done`]);
    expect(await reasonsOf({ uid: nobody })).toEqual(['denied']);
    expect(await reasonsOf({})).toEqual(['none']);
  });

  it('a user who knows only the cgroup of a socket is told no unit that conmon runs in, where containers may be', async () => {
    const [port, place] =
      Object.entries(world.ports).find(([, { path }]) => path.endsWith('/nginx.service')) ?? [];
    const found = async (visit: Visit) => {
      const [row] = await sockets(['-tln', `sport = :${port}`], visit);
      return row?.workload?.name ?? row?.noWorkload;
    };
    expect(await found({ uid: nobody })).toBe('nginx.service');
    const folder = join(unifiedCgroups(), place?.path ?? '');
    const start = 'echo 0 >"$1/cgroup.procs"; setsid "$0/conmon" 600 </dev/null >"$0/kept" 2>&1 &';
    const keep = `cp -f /bin/sleep "$0/new"; mv "$0/new" "$0/conmon"; ${start}`;
    await zoo.run(['sh', '-c', keep, zoo.folder, folder]);
    const find = 'grep -qsx conmon $(sed "s,.*,/proc/&/comm," "$0/cgroup.procs")';
    await zoo.run(['sh', '-c', `until ${find}; do sleep 0.1; done`, folder]);
    expect(await found({ uid: nobody })).toBe('denied');
    expect(await found({})).toBe('nginx.service');
  });
});
