import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../../src/errors.ts';
import { inTurn, type Table } from '../../../src/sources/darwin/in-turn.ts';
import { collect, warningSink } from '../../support/source-answers.ts';

const log: string[] = [];

/** A command that prints these rows, then warns, then fails. */
function table(
  source: string,
  rows: readonly number[],
  { warns = false, failure }: { warns?: boolean; failure?: Error } = {},
): Table<number> {
  return {
    source,
    async *rows(sink) {
      log.push(`${source} begins`);
      try {
        for (const row of rows) yield [row];
        if (warns) sink.warn({ code: 'malformed', message: 'odd', source });
        if (failure !== undefined) throw failure;
      } finally {
        log.push(`${source} ends`);
      }
    },
  };
}

async function read(...tables: readonly Table<number>[]) {
  const sink = warningSink();
  const rows = await collect(inTurn(tables, sink));
  return { rows, warnings: sink.warnings.map(({ message, source }) => `${source}: ${message}`) };
}

const failed = (message: string) => ({ failure: new NetstatError('unreadable', message) });

describe('the rows of several commands', () => {
  it('come in their order, though all run at once', async () => {
    log.length = 0;
    const { rows } = await read(table('a', [1, 2]), table('b', [3]));
    expect(rows).toEqual([1, 2, 3]);
    expect(log.slice(0, 2)).toEqual(['a begins', 'b begins']);
  });

  it('have a warning for one that fails, behind those of the others', async () => {
    const answer = await read(
      table('a', [1], failed('no a')),
      table('b', [2], { warns: true }),
      table('c', [], failed('no c')),
    );
    expect(answer).toEqual({ rows: [1, 2], warnings: ['b: odd', 'a: no a', 'c: no c'] });
  });

  it('fail as the first one did if all of them do', async () => {
    const all = read(table('a', [1], failed('no a')), table('b', [], failed('no b')));
    await expect(all).rejects.toThrow('no a');
    await expect(read(table('a', [], failed('no a')))).rejects.toThrow('no a');
    expect(await read()).toEqual({ rows: [], warnings: [] });
  });

  it('fail by a mistake of the program, and every command is ended', async () => {
    log.length = 0;
    const broken = read(table('a', [1], { failure: new TypeError('bug') }), table('b', [2, 3]));
    await expect(broken).rejects.toThrow('bug');
    expect(log).toContain('b ends');
  });

  it('end every command where no more are wanted', async () => {
    log.length = 0;
    for await (const _ of inTurn([table('a', [1, 2]), table('b', [3])], warningSink())) break;
    expect(log.toSorted()).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });
});
