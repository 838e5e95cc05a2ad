/** Sockets that are held in unusual ways (holder.c), each in namespaces of its own. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { run } from '../support/command.ts';
import { programFiles, quotedProgram } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';

const skipReason = reasonToSkip({
  platforms: ['linux'],
  root: true,
  programs: ['/usr/bin/netstat', 'gcc', 'unshare', 'setpriv', 'ip', 'bash', 'mount'],
  files: programFiles,
});

let folder = '';

beforeAll(async () => {
  if (skipReason !== null) return;
  folder = mkdtempSync(join(tmpdir(), 'holder-'));
  chmodSync(folder, 0o755);
  const source = fileURLToPath(new URL('holder.c', import.meta.url));
  const built = await run(['gcc', '-O2', '-pthread', '-o', join(folder, 'holder'), source]);
  expect(built.stderr).toBe('');
});
afterAll(() => {
  if (folder !== '') rmSync(folder, { recursive: true });
});

/**
 * What a shell command prints beside such a holder: `$port` is its port, `$TSN` the program. All
 * processes there are its own, so none is denied. null: this kernel has no such way.
 */
async function beside(mode: string, command: string, { hidepid = 0 } = {}) {
  const script = `
    ip link set lo up
    mount -t proc -o hidepid=${hidepid} proc /proc || exit 1
    mkfifo ${folder}/$$
    exec 3<>${folder}/$$
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
  return { text: stdout.toString(), stderr };
}

/** The one TCP socket that is on the holder's port. */
async function heldBy(mode: string, options?: { hidepid?: number; prefix?: string }) {
  const ask = `${options?.prefix ?? ''} "\${TSN[@]}" -tlnp --json --port $port`;
  const answer = await beside(mode, ask, options);
  if (answer === null) return null;
  const document = JSON.parse(answer.text) as Snapshot;
  expect(document.sockets.length).toBe(1);
  return { ...document, socket: document.sockets[0], stderr: answer.stderr };
}

describe.skipIf(skipReason)(`sockets held in unusual ways ${skipReason ?? ''}`, () => {
  it.each(['high', 'ended', 'unshared', 'flight', 'ring', 'long'])(
    'what -p shows is what netstat shows: %s',
    async (mode) => {
      const answer = await beside(mode, `netstat -tlnp 2>/dev/null; echo; "\${TSN[@]}" -tlnp`);
      if (answer === null) return;
      const [theirs, ours] = answer.text.split('\n\n');
      expect(ours).toBe(`${theirs}\n`);
      expect(theirs).toContain('127.0.0.1:');
      expect(answer.stderr).toBe('');
    },
  );

  it.each([
    ['ended', { program: 'holder', fd: 3 }],
    ['unshared', { program: 'holder', fd: 3 }],
    ['ring', { program: 'holder', fd: null }],
    ['high', { program: 'holder', fd: 450 }],
  ])('JSON tells the holder: %s', async (mode, owner) => {
    const answer = await heldBy(mode);
    if (answer === null) return;
    expect(answer.socket?.owners?.[0]).toMatchObject(owner);
    expect([answer.socket?.noOwner, answer.warnings]).toEqual([null, []]);
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

  it('says denied, and why, where /proc hides the processes of others', async () => {
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
