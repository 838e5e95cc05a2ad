import { describe, expect, it } from 'vitest';
import { receivedProc } from '../../../src/sources/linux/proc/received-proc.ts';
import { answerTo } from '../../../src/sources/remote/answer.ts';
import { askOf, askOfFacts } from '../../../src/sources/remote/asks.ts';
import { FrameError } from '../../../src/sources/remote/frames.ts';

const ask = askOfFacts(['oddProcesses', 'nameservers', 'localPortRange', 'hasSystemd']);
const range = 'sys/net/ipv4/ip_local_port_range';
const routes = askOf({ report: 'routes', families: ['inet'] });
const interfaces = askOf({ report: 'interfaces', families: ['inet'] });
const sockets = askOf({
  ...{ report: 'sockets', protocols: ['tcp'], families: ['inet'], owners: null },
  keep: () => true,
});
const started = (isEscaped = true, asked = ask) => {
  const answer = answerTo(asked, 'web1:/proc');
  answer.sink.line(['1', 'Linux']);
  if (isEscaped) answer.sink.line(['escaped']);
  return answer;
};

describe('answerTo', () => {
  it('accepts files, and the reasons for those that are not sent', () => {
    const answer = started();
    answer.sink.file(range, Buffer.from('1 2'));
    answer.sink.line(['no', 'EACCES', 'file:/etc/resolv.conf']);
    answer.sink.line(['folder', '/run/systemd/system']);
    expect(answer.machine().files.get(range)?.toString()).toBe('1 2');
    expect(answer.other('/etc/resolv.conf')).toBe('EACCES');
    expect(answer.other('/etc/passwd')).toBe('ENOENT');
    expect(answer.hasFolder('/run/systemd/system')).toBe(true);
    expect(answer.hasFolder('')).toBe(false);
  });

  it.each(['../../etc/shadow', 'net/tcp', '1/environ', 'file:/etc/shadow', '7/comm', '__proto__'])(
    'refuses a file that was not asked for: %s',
    (path) => {
      const answer = started();
      answer.sink.line(['pids', '1', '2']);
      expect(() => answer.sink.file(path, Buffer.alloc(0))).toThrow(FrameError);
      expect(() => answer.sink.line(['no', 'ENOENT', path])).toThrow(FrameError);
    },
  );

  it.each([['x'], ['-1'], ['0'], ['1e3'], ['99999999999'], ['']])(
    'refuses a process whose number is %j',
    (pid) => {
      expect(() => started().sink.line(['pids', pid])).toThrow(FrameError);
    },
  );

  it('refuses more processes than a machine has', () => {
    const answer = started();
    const pids = (from: number) => Array.from({ length: 100_000 }, (_, at) => `${from + at}`);
    expect(() => {
      for (const from of [1, 100_001, 200_001]) answer.sink.line(['pids', ...pids(from)]);
    }).toThrow('too many processes');
  });

  it('passes over lines and blobs that it does not know', () => {
    const answer = started();
    for (const kind of ['constructor', 'toString', '__proto__', 'later']) {
      answer.sink.line([kind, 'x']);
      answer.sink.blob(kind, Buffer.from('x'), '0');
    }
    expect(answer.isWhole).toBe(false);
  });

  it('has what each process reported', () => {
    const answer = started();
    answer.sink.line(['net']);
    answer.sink.line(['pids', '1', '2', '3', '4', '5']);
    answer.sink.line(['denied', '2']);
    answer.sink.line(['gone', '4']);
    answer.sink.blob('descriptors', Buffer.from('p1\n0 0\n3 77\np3\n1\n2\np9\n3 77\n'), '0');
    answer.sink.blob('executables', Buffer.from('1 /bin/a\\040b\\n\n3\n5\n9 /bin/x\n'), '0');
    answer.sink.blob('replaced', Buffer.from('1\n9\n'), '0');
    answer.sink.file('1/comm', Buffer.from('a\n'));
    answer.sink.file('4/comm', Buffer.alloc(0));
    const machine = answer.machine();
    expect([...machine.descriptors.keys()]).toEqual([1, 2, 3, 5]);
    expect(machine.descriptors.get(2)).toBe('EACCES');
    expect(machine.executables.get(1)).toBe('/bin/a b\n');
    // None of its descriptors may be looked at either; a thread of the kernel has none.
    expect(machine.executables.get(3)).toBe('EACCES');
    expect(machine.executables.get(5)).toBe('ENOENT');
    expect([...machine.replaced]).toEqual([1]);
    expect(machine.files.get('4/comm')).toBe('ENOENT');
    const proc = receivedProc(machine);
    expect(proc.descriptors(1)).toEqual(['0', '3']);
    expect(proc.hasNet()).toBe(true);
  });

  it('reads paths as they stand where they were not escaped, bytes that are no UTF-8 as escapes', () => {
    const answer = started(false);
    answer.sink.line(['pids', '1', '2']);
    answer.sink.blob('executables', Buffer.from('1 /a\\040b\n2 /\xff\n', 'latin1'), '0');
    const { executables } = answer.machine();
    expect(executables.get(1)).toBe('/a\\040b');
    expect(executables.get(2)).toBe('/\\xff');
  });

  it('believes nothing about a process that is sent twice: a name with line breaks may have made it up', () => {
    const answer = started(false);
    answer.sink.line(['pids', '1', '2']);
    answer.sink.blob('executables', Buffer.from('1 /bin/a\n2 /bin/x\n1 /forged\n'), '0');
    answer.sink.blob('descriptors', Buffer.from('p1\n3 7\np2\n4 8\np1\n5 8\n'), '0');
    const { executables, descriptors } = answer.machine();
    expect([executables.get(1), descriptors.get(1)]).toEqual(['EACCES', 'EACCES']);
    expect([executables.get(2), descriptors.get(2)?.toString()]).toEqual(['/bin/x', '4 8\n']);
  });

  it.each([
    ['tsnetstat', routes],
    ['ip', sockets],
    ['descriptors', sockets],
    ['executables', sockets],
    ['replaced', sockets],
    ['tsnetstat', ask],
  ])('refuses bytes that were not asked for: %s', (name, asked) => {
    const { sink } = started(true, asked);
    expect(() => sink.blob(name, Buffer.from('{}'), '0')).toThrow(FrameError);
  });

  it.each([['pids 1'], ['link ns/cgroup x'], ['folder /run/systemd/system']])(
    'refuses a line that was not asked for: %s',
    (line) => {
      const { sink } = started(false, routes);
      expect(() => sink.line(line.split(' '))).toThrow(FrameError);
    },
  );

  it.each([['denied 9'], ['gone 9'], ['folder /root']])(
    'rejects facts about what was not sent: %s',
    (line) => {
      const { sink } = started();
      sink.line(['pids', '1']);
      expect(() => sink.line(line.split(' '))).toThrow(FrameError);
    },
  );

  it('believes no descriptors of a process that may not be looked at', () => {
    const answer = started();
    answer.sink.line(['pids', '1', '2']);
    answer.sink.line(['denied', '2']);
    answer.sink.blob('descriptors', Buffer.from('p1\n3 7\np2\n3 7\n'), '0');
    expect(answer.machine().descriptors.get(2)).toBe('EACCES');
  });

  it('accepts no more of ip than any machine prints', () => {
    const answer = started(false, interfaces);
    answer.sink.blob('ip', Buffer.alloc(4 * 1024 * 1024 + 1), '0');
    expect(answer.ip === null).toBe(true);
  });

  it('reads a blob of line breaks alone, which are no lines that are kept', () => {
    const answer = started();
    answer.sink.line(['pids', '1']);
    const breaks = Buffer.alloc(1_000_000, '\n');
    answer.sink.blob('executables', Buffer.concat([breaks, Buffer.from('1 /a\n')]), '0');
    answer.sink.blob('replaced', Buffer.concat([breaks, Buffer.from('1')]), '0');
    const { executables, replaced } = answer.machine();
    expect([executables.get(1), replaced.has(1)]).toEqual(['/a', true]);
  });

  it('accepts the output of tsnetstat and ip only if they have not failed', () => {
    const own = started(false, sockets);
    const faces = started(false, interfaces);
    own.sink.blob('tsnetstat', Buffer.from('{}'), '2');
    faces.sink.blob('ip', Buffer.from('[]'), '1');
    expect([own.own, faces.ip]).toEqual([null, null]);
    own.sink.blob('tsnetstat', Buffer.from('{}'), '0');
    faces.sink.blob('ip', Buffer.from('[]'), '0');
    expect([own.own?.toString(), faces.ip?.toString()]).toEqual(['{}', '[]']);
  });
});
