/** The expression after the flags picks the sockets that ss picks with the same words. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Socket } from '../../src/model/socket/socket.ts';
import { compileSelection } from '../../src/select/compile-selection.ts';
import type { Lookups } from '../../src/select/lookups.ts';
import { query } from '../select/sockets.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { expressions, randomExpression } from './select-expressions.ts';
import { askSs, keyOf, readSockets, type Table, tables } from './select-ss.ts';
import { etcFiles } from './zoo/etc.ts';
import { startZoo, type Zoo, skipReason as zooSkipReason } from './zoo.ts';

const skipReason = zooSkipReason ?? reasonToSkip({ platforms: ['linux'], programs: ['ss'] });
const attempts = 8;

/** The zoo's own services, which ss reads too. */
const lookups: Lookups = {
  serviceNumber(name, protocol) {
    for (const line of (etcFiles.services ?? '').split('\n')) {
      const [first, port = '', ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/);
      if (port.endsWith(`/${protocol}`) && [first, ...aliases].includes(name)) {
        return Number.parseInt(port, 10);
      }
    }
    return undefined;
  },
  userId: () => undefined,
  // ss answers such a question with nothing.
  mayMatchNone: () => true,
};

function select(table: Table, expression: string, sockets: readonly Socket[]): readonly string[] {
  const filters = { expression: expression.split(' ') };
  const { early } = compileSelection(query(filters, { protocols: [table] }), lookups);
  return [...new Set(sockets.filter(early).map(keyOf))].sort();
}

describe.skipIf(skipReason)(`the zoo as ss sees it ${skipReason ?? ''}`, () => {
  let zoo: Zoo;
  const read = new Map<Table, readonly Socket[]>();

  beforeAll(async () => {
    zoo = await startZoo('ordinary');
  });
  afterAll(() => zoo?.stop());

  async function known(table: Table, again = false): Promise<readonly Socket[]> {
    if (again || !read.has(table)) read.set(table, await readSockets(zoo, table));
    return read.get(table) ?? [];
  }

  /** Compares once the table held still around ss's answer; then any difference is ours. */
  async function compare(table: Table, expression: string): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const before = await known(table, attempt > 0);
      const { keys, stderr } = await askSs(zoo, table, expression.split(' '));
      expect(keys, stderr).not.toBeNull();
      const ours = select(table, expression, before);
      if (JSON.stringify(ours) === JSON.stringify(keys)) return;
      const after = await known(table, true);
      if (JSON.stringify(after.map(keyOf)) === JSON.stringify(before.map(keyOf))) {
        expect(ours, expression).toEqual(keys);
      }
    }
    throw new Error(`the zoo did not hold still in ${attempts} attempts`);
  }

  /** Expressions about the ends that there are. */
  async function randomFor(table: Table): Promise<fc.Arbitrary<string>> {
    const ends = (await known(table)).flatMap((socket) =>
      socket.protocol === 'unix' ? [] : [socket.local, socket.remote],
    );
    const addresses = [...new Set(ends.map(({ address }) => address))];
    const ports = [...new Set(ends.map(({ port }) => port))];
    return randomExpression(addresses, ports);
  }

  const rows = (Object.keys(tables) as Table[]).flatMap((table) =>
    expressions[table].map((expression) => [table, expression] as const),
  );

  it.each(rows)('%s: %s', async (table, expression) => {
    await compare(table, expression);
  });

  it('has a row to choose for nearly every expression', async () => {
    const empty: string[] = [];
    // TIME_WAIT among them, however long the others have taken.
    await zoo.renew();
    await known('tcp', true);
    for (const [table, expression] of rows) {
      if (select(table, expression, await known(table)).length === 0) empty.push(expression);
    }
    expect(empty.length).toBeLessThan(rows.length / 8);
  });

  it.each([
    ['tcp', 120],
    ['udp', 50],
  ] as const)(
    '%s: random expressions',
    async (table, numRuns) => {
      await fc.assert(
        fc.asyncProperty(await randomFor(table), (expression) => compare(table, expression)),
        { numRuns },
      );
    },
    600_000,
  );

  /** The kernel leaves out most of what does not match. */
  async function compareOverNetlink(table: Table, expression: string): Promise<void> {
    const words = expression.split(' ');
    const args = ['-na', tables[table], '--json', '--source', 'netlink', ...words];
    for (let attempt = 0; attempt < attempts; attempt++) {
      const before = await askSs(zoo, table, words);
      const { stdout, stderr } = await zoo.tsnetstat(args);
      const after = await askSs(zoo, table, words);
      if (JSON.stringify(after) !== JSON.stringify(before)) continue;
      // What no socket of the table can match is refused: ss finds none either.
      if (stderr.includes('expected what the sockets asked for have')) {
        expect(before.keys, expression).toEqual([]);
        return;
      }
      const { sockets } = JSON.parse(stdout.toString('utf8')) as { sockets: readonly Socket[] };
      const keys = [...new Set(sockets.map(keyOf))].sort();
      expect(keys, `${expression}: ${stderr}`).toEqual(before.keys);
      return;
    }
    throw new Error(`the zoo did not hold still in ${attempts} attempts`);
  }

  it.each(rows.filter(([table], at) => (table === 'tcp' || table === 'udp') && at % 3 === 0))(
    'over netlink, %s: %s',
    async (table, expression) => {
      await compareOverNetlink(table, expression);
    },
  );

  it.each([
    ['tcp', 20],
    ['udp', 10],
  ] as const)('over netlink, %s: random expressions', async (table, numRuns) => {
    await fc.assert(
      fc.asyncProperty(await randomFor(table), (expression) =>
        compareOverNetlink(table, expression),
      ),
      { numRuns },
    );
  });

  it.each([
    'state established ( dport = :https or sport = :ssh ) and not dst 127.0.0.0/8',
    '(sport=:22||dport=:22)&&!src=[::1]',
    'exclude listening dport gt 41000',
    'src [2001:db8::]/32',
  ])('the whole program: %s', async (expression) => {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const before = await known('tcp', true);
      const { stdout, stderr } = await zoo.tsnetstat(['-tan', '--json', ...expression.split(' ')]);
      const { sockets } = JSON.parse(stdout.toString('utf8')) as { sockets: readonly Socket[] };
      const after = await known('tcp', true);
      if (JSON.stringify(after.map(keyOf)) !== JSON.stringify(before.map(keyOf))) continue;
      expect(sockets.length, stderr).toBeGreaterThan(0);
      expect(sockets.map(keyOf).sort()).toEqual(select('tcp', expression, before));
      return;
    }
    throw new Error(`the zoo did not hold still in ${attempts} attempts`);
  });
});
