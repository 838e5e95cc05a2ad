import { describe, expect, it } from 'vitest';
import { type LineReader, parseLines } from '../../../src/sources/linux/line-reader.ts';
import type { TableFile } from '../../../src/sources/linux/proc/proc.ts';
import { reportSource } from '../../../src/sources/linux/report-files.ts';
import { warningSink } from '../../support/source-answers.ts';
import { fakeProc, systemError, tableOf } from './support/fake-proc.ts';

/** A number on a line; a header passed over; anything else is malformed. */
const numbers: LineReader<number> = (line) =>
  line === 'header' ? undefined : /^\d+$/.test(line) ? Number(line) : null;

const path = 'net/route';

function sourceOf(file: TableFile | Error) {
  const sink = warningSink();
  const openTable = () => {
    if (file instanceof Error) throw file;
    return file;
  };
  return { sink, source: reportSource({ ...fakeProc({}), openTable }, sink) };
}

const lines = (count: number) => Array.from({ length: count }, (_, at) => String(at));

describe('batches', () => {
  it('has every row of many blocks once, and counts the lines of all of them', () => {
    const text = ['header', ...lines(30_000), 'junk', ...lines(5), 'junk'].join('\n');
    const { sink, source } = sourceOf(tableOf(text));
    const batches = [...source.batches(path, 'routes', numbers)];
    expect(batches.length).toBeGreaterThan(3);
    expect(batches.flat()).toEqual([...lines(30_000), ...lines(5)].map(Number));
    expect(sink.warnings).toMatchObject([
      {
        code: 'malformed',
        message:
          '/proc/net/route: 2 lines skipped that could not be read, the first at line 30002: "junk"',
      },
    ]);
  });

  it('doubts a last row without a line break, and leaves out a line without end', () => {
    const { sink, source } = sourceOf(tableOf(`1\n${'2'.repeat(200_000)}\n3`));
    expect([...source.batches(path, 'routes', numbers)].flat()).toEqual([1, 3]);
    expect(sink.warnings).toMatchObject([
      {
        code: 'malformed',
        message: `/proc/net/route: line 2 skipped: it could not be read: "${'2'.repeat(200)}..."`,
      },
      { code: 'cut' },
    ]);
  });

  it('reads no further than it is pulled, and closes what is left early', () => {
    const file = tableOf(lines(100_000).join('\n'));
    let reads = 0;
    const counted: TableFile = {
      read: (buffer, offset) => {
        reads++;
        return file.read(buffer, offset);
      },
      close: () => file.close(),
    };
    for (const _ of sourceOf(counted).source.batches(path, 'routes', numbers)) break;
    expect(reads).toBeLessThan(20);
    expect(file.closed).toBe(1);
  });

  it.each([
    ['opened', 'forbidden', systemError('EACCES')],
    [
      'read at all',
      'unreadable',
      {
        ...tableOf(''),
        read: () => {
          throw systemError('EIO');
        },
      },
    ],
  ])('reports what cannot be %s, and that nothing could be read', (_name, code, file) => {
    const { sink, source } = sourceOf(file);
    expect([...source.batches(path, 'routes', numbers)]).toEqual([]);
    expect(sink.warnings).toMatchObject([{ code, source: '/proc/net/route' }]);
    expect(() => source.settle()).toThrow(/^\/proc\/net\/route: /);
  });

  it('fails where reading fails behind the first rows', () => {
    const file = tableOf(lines(30_000).join('\n'));
    let left = 20;
    const failing: TableFile = {
      read: (buffer, offset) => {
        if (left-- === 0) throw systemError('EIO');
        return file.read(buffer, offset);
      },
      close: () => file.close(),
    };
    const rows: number[] = [];
    const read = () => {
      for (const batch of sourceOf(failing).source.batches(path, 'routes', numbers))
        rows.push(...batch);
    };
    expect(read).toThrow(
      expect.objectContaining({
        code: 'unreadable',
        message: '/proc/net/route: cannot be read (EIO)',
      }),
    );
    expect(rows.length).toBeGreaterThan(1000);
    expect(file.closed).toBe(1);
  });

  it.each([
    ['with a word where one is wanted', 'routes', ['absent']],
    ['in silence where not', null, []],
  ])('passes over what is not there, %s', (_name, what, codes) => {
    const { sink, source } = sourceOf(systemError('ENOENT'));
    expect([...source.batches(path, what, numbers)]).toEqual([]);
    expect(sink.warnings.map(({ code }) => code)).toEqual(codes);
  });
});

describe('rows of a whole text', () => {
  const rows = (text: string) => {
    const { sink, source } = sourceOf(tableOf(''));
    const found = source.rows(path, text, (whole) => parseLines(whole, numbers));
    return [found, sink.warnings.map(({ message }) => message)];
  };

  it('come without a warning where all is well', () => {
    expect(rows('header\n1\n2\n')).toEqual([[1, 2], []]);
  });

  it('come with a warning that quotes the first line that is none', () => {
    expect(rows('header\n1\n\u001bfirst\n2\nsecond\n')).toEqual([
      [1, 2],
      [
        '/proc/net/route: 2 lines skipped that could not be read, the first at line 3: "\\u001bfirst"',
      ],
    ]);
  });
});
