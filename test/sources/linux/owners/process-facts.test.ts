import { describe, expect, it } from 'vitest';
import {
  bootTimeIn,
  parseProcessStat,
  processFactsReader,
} from '../../../../src/sources/linux/owners/process-facts.ts';
import { fakeProc } from '../support/fake-proc.ts';

/** A line of /proc/PID/stat: after the name its state, the parent, and far behind the start. */
function stat(pid: number, name: string, parent: number, started: number): string {
  const between = Array.from({ length: 17 }, (_, i) => i).join(' ');
  return `${pid} (${name}) S ${parent} ${between} ${started} 12345 678\n`;
}

describe('parseProcessStat', () => {
  const names = ['bash', 'a b', 'x) S 9 (y', ')', '', '((', 'tab\tline\nbreak', 'naïve'];
  it.each(names)('a process called %j', (name) => {
    const parsed = parseProcessStat(Buffer.from(stat(42, name, 7, 9900)));
    expect(parsed).toEqual({ name, state: 'S', parent: 7, started: 9900 });
  });

  const none = [
    '',
    '42',
    '42 (bash',
    '42 bash) S 1',
    '42 (bash) S',
    '42 (bash) S x y z',
    stat(1, 'a', -1, 2),
  ];
  it.each(none)('%j is none', (text) => {
    expect(parseProcessStat(Buffer.from(text))).toBe(null);
  });
});

it('the time the machine started stands among the counters', () => {
  expect(bootTimeIn('cpu  1 2\nbtime 1700000000\nprocesses 9\n')).toBe(1_700_000_000);
  expect(bootTimeIn('cpu  1 2\nxbtime 17\n')).toBe(null);
});

describe('processFactsReader', () => {
  const files = {
    stat: 'cpu 1\nbtime 1700000000\n',
    '1/stat': stat(1, 'systemd', 0, 5),
    '20/stat': stat(20, 'sshd', 1, 100),
    '30/stat': stat(30, 'bash', 20, 123_456),
    '30/status': 'Name:\tbash\nUid:\t1000\t1000\t1000\t1000\n',
    '40/stat': stat(40, 'orphan', 39, 7),
    '50/stat': stat(50, 'a', 51, 7),
    '51/stat': stat(51, 'b', 50, 7),
  };

  it('returns the start to the second, the user and the parents, the uppermost first', () => {
    expect(processFactsReader(fakeProc({ files }))(30)).toEqual({
      startedAt: '2023-11-14T22:33:54.000Z',
      uid: 1000,
      parents: [
        { pid: 1, name: 'systemd' },
        { pid: 20, name: 'sshd' },
      ],
    });
  });

  it('returns the number of a parent that may not be seen', () => {
    expect(processFactsReader(fakeProc({ files }))(40).parents).toEqual([{ pid: 39, name: null }]);
  });

  it('ends where processes are each other’s parents, as a changing /proc may have them', () => {
    expect(processFactsReader(fakeProc({ files }))(50).parents?.length).toBe(256);
  });

  it('returns nothing for a process that is gone', () => {
    const nothing = { startedAt: null, uid: null, parents: null };
    expect(processFactsReader(fakeProc({ files }))(60)).toEqual(nothing);
  });

  it("does not return the start if the machine's start is unknown", () => {
    const { stat: _, ...others } = files;
    const facts = processFactsReader(fakeProc({ files: others }))(30);
    expect([facts.startedAt, facts.uid]).toEqual([null, 1000]);
  });

  it('reads when the machine started but once', () => {
    const proc = fakeProc({ files });
    const asked: string[] = [];
    const readFile = (path: string, most?: number) => {
      asked.push(path);
      return proc.readFile(path, most);
    };
    const read = processFactsReader({ ...proc, readFile });
    read(30);
    read(20);
    read(30);
    expect(asked.filter((path) => path === 'stat').length).toBe(1);
    expect(asked.filter((path) => path === '20/stat').length).toBe(1);
  });
});
