/** Sockets that are held in unusual ways (holder.c), each in namespaces of its own. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readlinkSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { release } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/model/report/snapshot.ts';
import { type Bpf, loadBpf } from '../../src/sources/linux/bpf/bpf.ts';
import { running } from '../../src/sources/linux/bpf/kernel.ts';
import { ownersAtOnce } from '../../src/sources/linux/bpf/owners-at-once.ts';
import { ownersOfListed } from '../../src/sources/linux/bpf/owners-of-listed.ts';
import type { OwnersAtOnce } from '../../src/sources/linux/owners/socket-descriptors.ts';
import { run } from '../support/command.ts';
import { isExecutable, programFiles, quotedProgram } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const skipReason = reasonToSkip({
  platforms: ['linux'],
  root: true,
  programs: [
    ...['/usr/bin/netstat', '/usr/bin/python3', 'gcc', 'unshare', 'setpriv', 'ip', 'bash', 'mount'],
  ],
  files: programFiles,
});

let folder = '';

beforeAll(async () => {
  if (skipReason !== null) return;
  folder = temporaryFolder('holder-');
  chmodSync(folder, 0o755);
  const source = fileURLToPath(new URL('holder.c', import.meta.url));
  const built = await run(['gcc', '-O2', '-pthread', '-o', join(folder, 'holder'), source]);
  expect(built.stderr).toBe('');
});

/** More than the program looks at one by one where the kernel may be asked. */
const many = 9000;
/** So many that it is asked first where it fits programs to itself. */
const some = 3000;
/** Whether this kernel describes itself, so that it can be asked. */
const canBeTold = existsSync('/sys/kernel/btf/vmlinux');
const isSince = (version: string) => release().localeCompare(version, 'en', { numeric: true }) >= 0;
/** Whether it fits programs to itself. */
const fitsPrograms = isSince('5.17');
/** Whether it counts each process's descriptors; else all open files of this machine count. */
const countsDescriptors = isSince('6.2');
/** What -v says where owners come so. */
const notedIf = (isAsked: boolean) =>
  isAsked && canBeTold
    ? 'tsnetstat: owners: reported by the kernel for all processes at once (bpf)\n'
    : '';

/** Whether a descriptor's link leads to a socket; one that was closed meanwhile leads nowhere. */
function isSocket(link: string): boolean {
  try {
    return readlinkSync(link).startsWith('socket:');
  } catch {
    return false;
  }
}

type Row = readonly [pid: number, fd: number, inode: number];

/** The sockets of this process, by descriptor. */
function ownSockets(): readonly Row[] {
  return readdirSync('/proc/self/fd')
    .map(Number)
    .sort((a, b) => a - b)
    .flatMap((fd): Row[] => {
      const link = `/proc/self/fd/${fd}`;
      return isSocket(link) ? [[process.pid, fd, Number(/\d+/.exec(readlinkSync(link))?.[0])]] : [];
    });
}

function rowsOf({ sockets: { length, pids, inodes, fds } }: OwnersAtOnce): readonly Row[] {
  return Array.from({ length }, (_, i) => [pids[i], fds[i], inodes[i]] as unknown as Row);
}

/** A process that has so many descriptors, and says so. */
const ballast = (descriptors: number) =>
  `/usr/bin/python3 -c 'import os, resource, signal
resource.setrlimit(resource.RLIMIT_NOFILE, (${many + 100}, ${many + 100}))
kept = [os.open("/dev/null", os.O_RDONLY) for _ in range(${descriptors})]
print("ready", flush=True)
signal.pause()' </dev/null >&3 3>&- &
    read -r _ <&3`;

/** Runs a command that may not look into any process but its own (landlock(7)), root or not. */
const landlock = `import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(*arguments):
    if libc.syscall(*arguments) < 0: sys.exit(os.strerror(ctypes.get_errno()))
make_block = ctypes.c_uint64(1 << 11)
ruleset = libc.syscall(444, ctypes.byref(make_block), ctypes.sizeof(make_block), 0)
call(446, ruleset, 0)
os.execvp(sys.argv[1], sys.argv[1:])`;

/** Servers of TCP, UDP and UNIX, of which a child holds all, and some other descriptors between them; says so. */
const serversOfAllKinds = `import os, signal, socket
kept = []
for i in range(12):
    for family, address in ((socket.AF_INET, ("127.0.0.1", 0)), (socket.AF_INET6, ("::1", 0))):
        kept += [socket.socket(family, kind) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)]
        for one in kept[-2:]: one.bind(address)
        kept[-2].listen()
    kept.append(socket.socket(socket.AF_UNIX))
    kept[-1].bind("\\0kind-%d" % i)
    kept[-1].listen()
    kept.append(open("/dev/null"))
if os.fork(): print("ready", flush=True)
signal.pause()`;

interface Beside {
  readonly hidepid?: number;
  /** How many descriptors a process has that stands before the holder. */
  readonly descriptors?: number;
}

/**
 * What a shell command prints beside such a holder: `$port` is its port, `$TSN` the program. All
 * processes there are its own, so none is denied. null: this kernel has no such way.
 */
async function beside(
  mode: string,
  command: string,
  { hidepid = 0, descriptors = 0 }: Beside = {},
) {
  const script = `
    ip link set lo up
    mount -t proc -o hidepid=${hidepid} proc /proc || exit 1
    mkfifo ${folder}/$$
    exec 3<>${folder}/$$
    ${descriptors === 0 ? '' : ballast(descriptors)}
    ${folder}/holder ${mode} </dev/null >&3 3>&- &
    read -r port pid <&3
    exec 3<&-
    rm ${folder}/$$
    [ "$port" = missing ] && exit 77
    TSN=(${quotedProgram})
    ${command}
    exit 0`;
  const { stdout, stderr, code } = await run([
    ...['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child'],
    ...['bash', '-c', script],
  ]);
  if (code === 77) return null;
  // How the table was read is not what is asked here: executables ask the kernel for it too.
  const told = stderr.replaceAll(/^tsnetstat: \w+: (?:read (?:by|from) \S+|not read: .*)\n/gm, '');
  return { text: stdout.toString(), stderr: told };
}

/** The one TCP socket that is on the holder's port. */
async function heldBy(mode: string, options?: Beside & { prefix?: string }) {
  const ask = `${options?.prefix ?? ''} "\${TSN[@]}" -tlnpv --json --port $port`;
  const answer = await beside(mode, ask, options);
  if (answer === null) return null;
  const document = JSON.parse(answer.text) as Snapshot;
  expect(document.sockets.length).toBe(1);
  return { ...document, socket: document.sockets[0], stderr: answer.stderr };
}

const crowds = [
  ['alone', 0],
  [`beside ${some} descriptors`, some],
  [`beside ${many} descriptors`, many],
] as const;
/** Whether the kernel is asked beside so many descriptors, where the holder has some hundred or a few. */
const isAsked = (descriptors: number, mode: string) =>
  descriptors === many ||
  (fitsPrograms && (descriptors === some || (isExecutable && mode === 'high')));
/** Expects only the note on who told the owners. */
function expectNote(stderr: string, descriptors: number, mode: string): void {
  const isKnown = countsDescriptors || descriptors > 0;
  if (isKnown) expect(stderr).toBe(notedIf(isAsked(descriptors, mode)));
}

describe.skipIf(skipReason)(`sockets held in unusual ways ${skipReason ?? ''}`, () => {
  describe.each(crowds)('%s', (_, descriptors) => {
    it.each(['high', 'ended', 'unshared', 'flight', 'ring', 'long'])(
      'what -p shows is what netstat shows: %s',
      async (mode) => {
        const ask = `netstat -tlnp 2>/dev/null; echo; "\${TSN[@]}" -tlnpv`;
        const answer = await beside(mode, ask, { descriptors });
        if (answer === null) return;
        const [theirs, ours] = answer.text.split('\n\n');
        expect(ours).toBe(`${theirs}\n`);
        expect(theirs).toContain('127.0.0.1:');
        expectNote(answer.stderr, descriptors, mode);
      },
    );

    it.each([
      ['ended', { program: 'holder', fd: 3 }],
      ['unshared', { program: 'holder', fd: 3 }],
      ['ring', { program: 'holder', fd: null }],
      ['high', { program: 'holder', fd: 450 }],
    ])('JSON names the holder: %s', async (mode, owner) => {
      const answer = await heldBy(mode, { descriptors });
      if (answer === null) return;
      expect(answer.socket?.owners?.[0]).toMatchObject(owner);
      expect([answer.socket?.noOwner, answer.warnings]).toEqual([null, []]);
      expectNote(answer.stderr, descriptors, mode);
    });
  });

  it.each([
    ['with --source proc', `"\${TSN[@]}" --source proc -tlnpv`],
    [
      'without the right to',
      `setpriv --bounding-set=-sys_admin,-bpf --inh-caps=-sys_admin,-bpf "\${TSN[@]}" -tlnpv`,
    ],
    [
      'in a PID namespace whose numbers this /proc does not show',
      `unshare --pid --fork "\${TSN[@]}" -tlnpv`,
    ],
  ])('the kernel is not asked, and the answer is the same: %s', async (_, ask) => {
    const answer = await beside('high', `netstat -tlnp 2>/dev/null; echo; ${ask}`, {
      descriptors: many,
    });
    const [theirs, ours] = answer?.text.split('\n\n') ?? [];
    expect(ours).toBe(`${theirs}\n`);
    expect(theirs).toContain('holder');
    expect(answer?.stderr).toBe('');
  });

  it('is asked without its own description where it fits programs to itself', async () => {
    const ask = `netstat -tlnp 2>/dev/null; echo; mount -t tmpfs none /sys; "\${TSN[@]}" -tlnpv`;
    const answer = await beside('high', ask, { descriptors: many });
    const [theirs, ours] = answer?.text.split('\n\n') ?? [];
    expect(ours).toBe(`${theirs}\n`);
    expect(answer?.stderr).toBe(notedIf(fitsPrograms));
  });

  it.each(['netstat', 'all'] as const)(
    'a program that is adapted here reports the same as one that the kernel adapts: %s',
    async (depth) => {
      const bpf = loadBpf();
      if (!canBeTold || bpf === null) return;
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const rows = async (given: Bpf) =>
        rowsOf((await ownersAtOnce(depth, null, {}, given)) as OwnersAtOnce)
          .filter(([pid]) => pid === process.pid)
          .map(([, fd, inode]) => [inode, fd]);
      const here = await rows({ ...bpf, answerOf: () => -1 });
      expect(await rows(bpf)).toEqual(here);
      const descriptors = readdirSync('/proc/self/fd').filter((fd) => isSocket(`/proc/self/fd/${fd}`)); // biome-ignore format: one
      server.close();
      expect(here.map(([, fd]) => fd)).toEqual(descriptors.map(Number).sort((a, b) => a - b));
    },
  );

  it('servers are found by their open files, without a look at others', async () => {
    const bpf = loadBpf();
    if (!canBeTold || !fitsPrograms || bpf === null) return;
    const before = new Set(ownSockets().map(([, , inode]) => inode));
    const server = createServer().listen(0, '127.0.0.1');
    const servers = [
      server,
      createServer().listen(0, '::1'),
      createServer().listen(join(folder, 'server')),
    ];
    const bound = createSocket('udp4').bind(0, '127.0.0.1');
    await Promise.all([...servers, bound].map((one) => once(one, 'listening')));
    const opened = ownSockets().filter(([, , inode]) => !before.has(inode));
    const { port } = server.address() as AddressInfo;
    const client = connect(port, '127.0.0.1');
    await once(client, 'connect');
    const ask = async (rows: readonly Row[]) => {
      const inodes = new Set(rows.map(([, , inode]) => inode));
      const answer = await ownersOfListed(
        inodes,
        new Set(['tcp', 'udp', 'unix']),
        {},
        bpf,
        running,
      );
      return answer && rowsOf(answer);
    };
    const answers = [await ask(opened), await ask(ownSockets())];
    client.destroy();
    for (const one of [...servers, bound]) one.close();
    expect(opened).toHaveLength(4);
    // Connections are in none of the lists.
    expect(answers).toEqual([opened, null]);
  });

  it('of a process that may not be inspected are denied anyway', async () => {
    const confined = `/usr/bin/python3 -c '${landlock}'`;
    const tsn = `"\${TSN[@]}"`;
    const ask = `${confined} netstat -tlnp 2>/dev/null; echo; ${confined} ${tsn} -tlnpv; echo; ${confined} ${tsn} -tlnp --json`;
    const answer = await beside('high', ask, { descriptors: many });
    const [theirs, ours, json = ''] = answer?.text.split('\n\n') ?? [];
    expect(ours).toBe(theirs);
    expect(ours).not.toContain('holder');
    const { sockets, warnings } = JSON.parse(json) as Snapshot;
    expect(sockets.map(({ owners, noOwner }) => [owners, noOwner])).toEqual([[[], 'denied']]);
    expect(warnings.map(({ code }) => code)).toEqual(['owners-denied']);
    expect(answer?.stderr).toContain('the owners of 1 socket could not be determined: ');
    expect(answer?.stderr).toContain(notedIf(true));
  });

  it.each(['-tulpn', '-ulpn', '-xlp', '-tuxlpn'])(
    'servers of all kinds, in several processes, have the owners that netstat names: %s',
    async (flags) => {
      const servers = `/usr/bin/python3 -c '${serversOfAllKinds}' </dev/null >&3 3>&- & read -r _ <&3`;
      const ask = `mkfifo ${folder}/kinds; exec 3<>${folder}/kinds; ${servers}; rm ${folder}/kinds
        netstat ${flags} 2>/dev/null; echo; "\${TSN[@]}" ${flags}v`;
      const answer = await beside('high', ask, { descriptors: some });
      const [theirs, ours] = answer?.text.split('\n\n') ?? [];
      expect(ours).toBe(`${theirs}\n`);
      expect(theirs?.match(/ \d+\/python3/g)?.length).toBeGreaterThan(10);
      expect(answer?.stderr).toBe(notedIf(countsDescriptors && fitsPrograms));
    },
  );

  it('is asked in a PID namespace of its own, and reports its numbers', async () => {
    const inner = `mount -t proc proc /proc; ${folder}/holder high </dev/null >&3 3>&- & read -r _ <&3;
      netstat -tlnp 2>/dev/null; echo; "$@" -tlnpv`;
    const ask = `mkfifo ${folder}/inner; exec 3<>${folder}/inner;
      unshare --pid --mount --fork --kill-child bash -c '${inner}' bash "\${TSN[@]}"; rm ${folder}/inner`;
    const answer = await beside('high', ask, { descriptors: many });
    const [theirs, ours] = answer?.text.split('\n\n') ?? [];
    expect(ours).toBe(`${theirs}\n`);
    expect(theirs?.match(/ \d+\/holder/g)).toHaveLength(1);
  });

  it('does not know who holds a descriptor in flight, and does not claim that the kernel does', async () => {
    const answer = await heldBy('flight');
    expect([answer?.socket?.owners, answer?.socket?.noOwner]).toEqual([[], 'unknown']);
  });

  it('takes of an endless command line what is shown', async () => {
    const answer = await heldBy('long', { prefix: 'ulimit -v 4000000;' });
    if (answer === null) return;
    expect(answer.socket?.owners).toMatchObject([
      { program: 'endless', commandLine: '/usr/sbin/endless', commandTruncated: true },
    ]);
  });

  it('reports denied, and why, if /proc hides the processes of others', async () => {
    const prefix = 'setpriv --reuid=65534 --regid=65534 --clear-groups';
    const answer = await heldBy('high', { hidepid: 2, prefix });
    expect([answer?.socket?.owners, answer?.socket?.noOwner]).toEqual([[], 'denied']);
    expect(answer?.stderr).toContain('(hidepid); root (with CAP_SYS_PTRACE) would see them');
  });

  it('does not advise root to become root', async () => {
    const prefix = 'setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace';
    const answer = await heldBy('high', { hidepid: 2, prefix });
    // Its own processes have the capability that it lacks, so they are beyond it.
    expect(answer?.socket?.noOwner).toBe('denied');
    expect(answer?.stderr).toContain('this root lacks CAP_SYS_PTRACE');
  });
});
