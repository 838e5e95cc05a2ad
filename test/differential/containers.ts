/**
 * Starts real containers with Podman, in folders of their own: Debian's packages podman, crun, conmon and
 * busybox-static, as root. No registry is asked, the image is made here of busybox alone.
 *
 * What machines that are containers themselves need: limits that need not be raised, and, where cgroups are
 * hybrid, a mount namespace without the unified ones, since crun refuses both at once.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeCgroups } from '../support/cgroup.ts';
import { run } from '../support/command.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Why no container can be started here; null when one can. */
export const noContainers = reasonToSkip({
  platforms: ['linux'],
  root: true,
  programs: ['podman', 'crun', 'conmon', 'unshare', 'tar'],
  files: { '/bin/busybox': 'install busybox-static' },
});

/** What its containers are made of. */
export const image = 'localhost/busybox:own';

export interface RealContainer {
  readonly id: string;
  /** Of its first process, as this machine counts. */
  readonly pid: number;
}

/** A Podman with nothing of this machine's other ones. */
export interface Engine {
  /** A machine's root, in which its storage lies where Podman's usually does. */
  readonly root: string;
  /** The cgroup for its containers, as `--cgroup-parent` takes it. */
  readonly parent: string;
  /** Starts a container that runs a command of busybox in the network that there is. */
  start(name: string, command: readonly string[]): Promise<RealContainer>;
  /** Starts one without a cgroup of its own, from a process in the cgroup of this folder. */
  startWithoutCgroup(
    name: string,
    command: readonly string[],
    folder: string,
  ): Promise<RealContainer>;
  /** Runs Podman with these arguments. */
  run(...args: readonly string[]): Promise<string>;
  /** Answers at `/run/podman/podman.sock` below a root. */
  listen(root: string): Promise<void>;
  /** Ends and removes everything. */
  remove(): Promise<void>;
}

const hierarchies = '/sys/fs/cgroup';

/** A command in a mount namespace in which crun can work. */
function inOwnMounts(command: readonly string[]): readonly string[] {
  if (!existsSync(`${hierarchies}/unified`)) return command;
  const script = `umount ${hierarchies}/unified && exec "$@"`;
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', ...command];
}

/** cgroups that Podman leaves behind, once conmon has left them. */
async function removeLeft(name: string): Promise<void> {
  for (const hierarchy of ['', ...readdirSync(hierarchies)]) {
    await removeCgroups(join(hierarchies, hierarchy, name));
  }
}

/** Whether a server listens there. Its file is there a moment before that. */
function takesConnections(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(path, () => {
      connection.destroy();
      resolve(true);
    });
    connection.on('error', () => resolve(false));
  });
}

async function done(command: readonly string[]): Promise<string> {
  const { stdout, stderr, code } = await run(command);
  if (code !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
  return stdout.toString().trim();
}

/** A Podman of one's own, with the image. */
export async function startEngine(): Promise<Engine> {
  const root = temporaryFolder('engine-');
  // Of its own, since several run at once: a cgroup that another one removes as it ends, and locks, which are
  // otherwise in memory that all of root's share and that each frees as it begins.
  const parent = `tsnetstat-${basename(root)}`;
  const settings = join(root, 'containers.conf');
  const limits = '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n';
  writeFileSync(settings, `[engine]\nlock_type = "file"\n${limits}`);
  const podman = (...args: readonly string[]) =>
    inOwnMounts([
      ...['env', `CONTAINERS_CONF=${settings}`],
      ...['podman', '--root', join(root, 'var/lib/containers/storage')],
      ...['--runroot', join(root, 'run/containers'), '--tmpdir', join(root, 'run/libpod')],
      ...['--storage-driver', 'vfs', '--cgroup-manager', 'cgroupfs', '--events-backend', 'none'],
      ...args,
    ]);
  const services: ChildProcess[] = [];
  const files = join(root, 'files');
  for (const folder of ['bin', 'proc', 'dev', 'sys', 'etc', 'run', 'tmp']) {
    mkdirSync(join(files, folder), { recursive: true });
  }
  await done(['cp', '/bin/busybox', join(files, 'bin')]);
  await done(['tar', '-C', files, '-cf', join(root, 'image.tar'), '.']);
  await done(podman('import', join(root, 'image.tar'), image));
  const runs = async (
    name: string,
    command: readonly string[],
    cgroup: readonly string[],
    under: readonly string[] = [],
  ): Promise<RealContainer> => {
    const how = ['--name', name, '--network', 'host', ...cgroup];
    const run = podman('run', '-d', ...how, image, '/bin/busybox', ...command);
    const id = await done([...under, ...run]);
    const pid = await done(podman('inspect', '--format', '{{.State.Pid}}', id));
    return { id, pid: Number(pid) };
  };
  return {
    root,
    parent: `/${parent}`,
    run: (...args) => done(podman(...args)),
    start: (name, command) => runs(name, command, ['--cgroup-parent', `/${parent}`]),
    startWithoutCgroup(name, command, folder) {
      const under = ['sh', '-c', 'echo 0 > "$0/cgroup.procs" && exec "$@"', folder];
      return runs(name, command, ['--cgroups', 'disabled'], under);
    },
    async listen(at) {
      const socket = join(at, 'run/podman/podman.sock');
      mkdirSync(join(at, 'run/podman'), { recursive: true });
      const [program, ...args] = podman('system', 'service', '--time=0', `unix://${socket}`);
      const service = spawn(program as string, args, { stdio: 'ignore' });
      services.push(service);
      while (!(await takesConnections(socket))) {
        if (service.exitCode !== null) throw new Error(`podman ended with ${service.exitCode}`);
        await sleep(20);
      }
    },
    async remove() {
      for (const service of services) service.kill('SIGKILL');
      await done(podman('rm', '--all', '--force', '--time', '0'));
      await removeLeft(parent);
    },
  };
}
