import { expect } from 'vitest';
import { errnoOf } from '../../../src/sources/linux/proc/proc.ts';
import {
  parseDescriptors,
  type ReceivedMachine,
  receivedProc,
} from '../../../src/sources/linux/proc/received-proc.ts';
import { answerTo } from '../../../src/sources/remote/answer.ts';
import { askOfFacts } from '../../../src/sources/remote/asks.ts';
import { decodeFrames, FrameError } from '../../../src/sources/remote/frames.ts';
import { parseOwnAnswer } from '../../../src/sources/remote/own-answer.ts';
import { exactJson } from '../../../src/text/json-text.ts';
import { inet, owner, unixSocket } from '../../support/builders.ts';
import { textTarget } from '../target.ts';

const token = '0123456789abcdef0123456789abcdef';
const between = `T=${token}\0A=b\0`;
const ask = askOfFacts(['oddProcesses', 'nameservers', 'hasSystemd', 'descriptors', 'tcpUse']);

const stream = `Welcome

${token} 1 Linux
${token} net
${token} folder /run/systemd/system
${token} no ENOENT file:/etc/resolv.conf
${token} files self/exe net/sockstat
${between}${between}\x7fELF\x02\x01${between}sockets: used 5\n${between}
${token} escaped
${token} link ns/cgroup cgroup:[4026531835]
${token} pids 1 2 3
${token} denied 2
${token} blob descriptors
p1
0 0
3 4711
p3

${token} end 0
${token} blob executables
1 /usr/bin/a\\040b

${token} end 0
${token} blob replaced

${token} end 0
${token} files 1/comm 1/cmdline 3/comm
${between}${between}a\n${between}a\0b\0${between}${between}
${token} gone 3
${token} bye
`;

/** The machine as far as received; the stream comes in pieces of `size` bytes. null: it is refused. */
function machineIn(text: string, size: number): ReceivedMachine | null {
  const answer = answerTo(ask, 'web1:/proc');
  const frames = decodeFrames(token, answer.sink, { total: 2 ** 24, before: 2 ** 16 });
  const bytes = Buffer.from(text, 'latin1');
  try {
    for (let at = 0; at < bytes.length; at += size) frames.take(bytes.subarray(at, at + size));
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    expect(error.message).toMatch(/^[\w ;,?-]+$/);
    return null;
  }
  return answer.machine();
}

const asked = /^(?:self\/exe|net\/sockstat|file:\/etc\/resolv\.conf|\d+\/(?:comm|cmdline|limits))$/;

/** A machine's answer to the script. */
const answers = textTarget({
  name: 'remote-answer',
  covers: ['decodeFrames'],
  seeds: [stream, stream.slice(stream.indexOf(token))],
  alphabet: 'bytes',
  // The first lines stay: without the frame in them, nothing that follows is read.
  header: 3,
  read: (text) => machineIn(text, 65_536),
  check: (text, machine) => {
    const inPieces = machineIn(text, 7);
    if (machine === null || inPieces === null) return;
    // The size of the pieces does not matter.
    expect([...inPieces.files]).toEqual([...machine.files]);
    expect([...inPieces.descriptors]).toEqual([...machine.descriptors]);
    for (const path of machine.files.keys()) expect(path).toMatch(asked);
    const proc = receivedProc(machine);
    for (const pid of proc.processIds()) {
      expect(Number.isInteger(pid) && pid > 0).toBe(true);
      for (const task of [
        () => proc.descriptors(pid).map((fd) => proc.readLink(pid, `fd/${fd}`)),
        () => proc.readLink(pid, 'exe'),
        () => proc.readFile(`${pid}/comm`),
      ]) {
        try {
          task();
        } catch (error) {
          expect(['ENOENT', 'EACCES']).toContain(errnoOf(error));
        }
      }
    }
  },
});

/** The descriptors of a process. */
const descriptors = textTarget({
  name: 'remote-descriptors',
  covers: ['parseDescriptors'],
  seeds: ['0 0\n1 0\n2 0\n3 4711\n4\n', '0\n1\n'],
  alphabet: 'bytes',
  read: (text) => parseDescriptors(Buffer.from(text, 'latin1')),
  check: (_, found) => {
    const inodes = [...found.values()];
    expect(inodes.every((inode) => inode === null || Number.isSafeInteger(inode))).toBe(true);
    // All of a process's descriptors can be inspected, or none.
    expect(new Set(inodes.map((inode) => inode === null)).size).toBeLessThanOrEqual(1);
    for (const fd of found.keys()) expect(fd).toMatch(/^\d{1,10}$/);
  },
});

const own = exactJson({
  ...{ schemaVersion: 1, platform: 'linux', takenAt: '2026-01-31T12:00:00.000Z' },
  sockets: [
    inet('127.0.0.1:631', '0.0.0.0', { owners: [owner(7, 'cupsd')], noOwner: null }),
    unixSocket(),
  ],
  warnings: [],
});

/** The answer of a tsnetstat on the other machine. */
const ownAnswers = textTarget({
  name: 'remote-own-answer',
  covers: ['parseOwnAnswer'],
  seeds: [own],
  alphabet: 'text',
  read: (text) => parseOwnAnswer(Buffer.from(text)),
  check: (_, answer) => {
    if (answer === null) return;
    // An accepted answer, written again, is read as the same.
    const again = { schemaVersion: 1, platform: 'linux', sockets: answer.rows };
    const text = exactJson({ ...again, warnings: answer.warnings });
    expect(parseOwnAnswer(Buffer.from(text))).toEqual(answer);
  },
});

/** What machines send that are read over ssh. */
export const remoteTargets = [answers, descriptors, ownAnswers];
