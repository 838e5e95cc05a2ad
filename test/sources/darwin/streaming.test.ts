import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../../src/errors.ts';
import { darwinSource } from '../../../src/sources/darwin/index.ts';
import type { RunCommand } from '../../../src/sources/darwin/run-command.ts';
import type { SocketQuery } from '../../../src/sources/source.ts';
import { answer, socketQuery, warningSink } from '../../support/source-answers.ts';
import { answers, fixture, host, inPieces } from './helpers.ts';

const tcp = 'netstat -anvl -p tcp';
const udp = 'netstat -anvl -p udp';
const unix = 'netstat -anv -f unix';
const ps = 'ps -axww -o pid= -o comm=';
const owners = { depth: 'first', details: false } as const;
const broken = new NetstatError('unreadable', 'broken');

/**
 * A machine whose commands print pieces of 500 bytes; `fails`: with an error behind them; `complains`: with a complaint,
 * and an exit code of 0. `said` is what happens in turn.
 */
function machine(fails: readonly string[] = [], complains: readonly string[] = [], empty = false) {
  const said: string[] = [];
  const run: RunCommand = async function* (command, args, { complained } = {}) {
    const line = [command, ...args].join(' ');
    let isRead = false;
    try {
      const text = empty ? '' : fixture('26.0', answers[line] ?? '');
      for await (const piece of inPieces(text, 500)) {
        said.push(line);
        yield piece;
      }
      isRead = true;
      if (fails.includes(line)) throw broken;
      if (complains.includes(line)) complained?.(broken);
    } finally {
      said.push(`${line}: ${isRead ? 'read' : 'stopped'}`);
    }
  };
  return { said, source: darwinSource(host, run) };
}

function asked(protocols: SocketQuery['protocols'], changes: Partial<SocketQuery> = {}) {
  return socketQuery({ protocols, ...changes });
}

describe('sockets are read as netstat prints them', () => {
  it.each([
    ['without owners', null, []],
    ['with owners', owners, [ps, `${ps}: read`]],
  ])('%s: no more than what is asked for', async (_, owners, last) => {
    const { said, source } = machine();
    const rows = source
      .read(asked(['tcp'], { owners }), warningSink())
      .batches[Symbol.asyncIterator]();
    const { value } = await rows.next();
    expect(value.length).toBeGreaterThan(0);
    expect(said.filter((line) => !line.startsWith('ps'))).toEqual([tcp]);
    expect(new Set(said.slice(1))).toEqual(new Set(last));
    await rows.return?.();
    expect(said.at(-1)).toBe(`${tcp}: stopped`);
  });

  it('UNIX sockets too, as nobody asks for their owners', async () => {
    const { said, source } = machine();
    const rows = source.read(asked(['unix']), warningSink()).batches[Symbol.asyncIterator]();
    await rows.next();
    expect(said).not.toContain(`${unix}: read`);
    await rows.return?.();
    expect(said.at(-1)).toBe(`${unix}: stopped`);
  });

  it('all tables are begun at once, and those that were not reached are stopped', async () => {
    const { said, source } = machine();
    const rows = source
      .read(asked(['tcp', 'udp', 'unix']), warningSink())
      .batches[Symbol.asyncIterator]();
    await rows.next();
    expect(said).toEqual([tcp, udp, unix]);
    await rows.return?.();
    expect(said.slice(3)).toEqual([tcp, udp, unix].map((line) => `${line}: stopped`));
  });

  it('ps is asked when netstat has looked at all sockets: UNIX sockets one type after the other', async () => {
    const { said, source } = machine();
    await answer(source, asked(['tcp', 'udp', 'unix'], { owners }));
    const before = said.slice(0, said.indexOf(ps));
    expect(before).toEqual(expect.arrayContaining([tcp, udp, `${unix}: read`]));
    expect(before).not.toContain(`${tcp}: read`);
  });
});

describe('a netstat that fails behind some rows', () => {
  it('ends the answer behind them where it is the only one', async () => {
    const { source } = machine([tcp]);
    let rows = 0;
    const read = async () => {
      const { batches } = source.read(asked(['tcp']), warningSink());
      for await (const batch of batches) rows += batch.length;
    };
    await expect(read()).rejects.toBe(broken);
    expect(rows).toBe(JSON.parse(fixture('26.0', 'expected.json')).tcp.length);
  });

  it('costs a warning where there is another', async () => {
    const { source } = machine([tcp]);
    const sink = warningSink();
    const rows = await answer(source, asked(['tcp', 'udp']), sink);
    const { tcp: all, udp: others } = JSON.parse(fixture('26.0', 'expected.json'));
    expect(rows).toHaveLength(all.length + others.length);
    const tables = [{ protocol: 'tcp' }];
    expect(sink.warnings).toEqual([{ code: 'unreadable', message: 'broken', source: tcp, tables }]);
  });
});

describe('a netstat that complains although its exit code is 0', () => {
  it('may lack routes behind those that it printed, and has failed if there are none', async () => {
    const routes = 'netstat -rnl -f inet';
    const query = { report: 'routes', families: ['inet'] } as const;
    const sink = warningSink();
    expect(await answer(machine([], [routes]).source, query, sink)).not.toEqual([]);
    const message = 'broken; rows may be missing';
    const tables = [{ family: 'inet' }];
    expect(sink.warnings).toEqual([{ code: 'unreadable', message, source: routes, tables }]);
    await expect(answer(machine([], [routes], true).source, query)).rejects.toBe(broken);
  });

  it('has failed if there are no rows: none is not what it said', async () => {
    const { source } = machine([], [tcp], true);
    await expect(answer(source, asked(['tcp']))).rejects.toBe(broken);
    const sink = warningSink();
    expect(await answer(source, asked(['tcp', 'udp']), sink)).toEqual([]);
    const tables = [{ protocol: 'tcp' }];
    expect(sink.warnings).toEqual([{ code: 'unreadable', message: 'broken', source: tcp, tables }]);
  });

  it.each([[['tcp'], tcp] as const, [['unix'], unix] as const])(
    'may lack rows behind those of %j',
    async (protocols, source) => {
      const sink = warningSink();
      const rows = await answer(machine([], [source]).source, asked(protocols), sink);
      expect(rows.length).toBeGreaterThan(0);
      const message = 'broken; rows may be missing';
      const tables = [{ protocol: protocols[0] }];
      expect(sink.warnings).toEqual([{ code: 'unreadable', message, source, tables }]);
    },
  );
});
