import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import type { FilterOptions, Query } from '../../src/model/request/query.ts';
import { compileSelection } from '../../src/select/compile-selection.ts';
import { compileFlags } from '../../src/select/flag-selection.ts';
import { inet, owner, unix } from '../support/builders.ts';
import { lookups, query } from './sockets.ts';

it('is compiled without the table of attributes and the grammar of expressions', async () => {
  const { metafile } = await build({
    entryPoints: [new URL('../../src/select/flag-selection.ts', import.meta.url).pathname],
    ...({ bundle: true, platform: 'node', metafile: true, write: false } as const),
  });
  const names = Object.keys(metafile.inputs);
  expect(names.some((name) => name.endsWith('src/select/ports.ts'))).toBe(true);
  expect(names.filter((name) => /src\/(?:attributes|select\/expression)\//.test(name))).toEqual([]);
});

const web = inet('10.1.2.3:443', '192.0.2.1:50000', { owners: [owner(30, 'nginx')], uid: 33 });
const other = inet('10.9.9.9:22', '198.51.100.1:51000', { owners: [owner(40, 'sshd')], uid: 0 });
const named = unix('/run/web.sock', { owners: [owner(30, 'nginx')] });

// A flag and a field are two ways to write the same, from two tables.
it.each<[Partial<FilterOptions>, string]>([
  [{ port: ['443'] }, 'sport = 443 or dport = 443'],
  [{ port: ['50000-50500'] }, 'sport = 50000-50500 or dport = 50000-50500'],
  [{ local: ['10.1.0.0/16:443'] }, 'src = 10.1.0.0/16:443'],
  [{ local: ['/run/*'] }, 'src = /run/*'],
  [{ remote: ['192.0.2.0/24'] }, 'dst = 192.0.2.0/24'],
  [{ user: ['33'] }, 'user = 33'],
  [{ pid: ['30'] }, 'pid = 30'],
  [{ program: ['ngin*'] }, 'program = ngin*'],
])('%j selects what the expression "%s" selects', (flags, expression) => {
  const fits = (selection: ReturnType<typeof compileFlags>) =>
    [web, other, named].map((one) => selection.early(one) && selection.late(one));
  const changes = { which: 'all', protocols: ['tcp', 'udp', 'unix'] } as const;
  const byFlags = fits(compileFlags(query(flags, changes), lookups));
  expect(byFlags).toContain(true);
  expect(byFlags[1]).toBe(false);
  expect(byFlags).toEqual(
    fits(compileSelection(query({ expression: [expression] }, changes), lookups)),
  );
});

it.each<[Partial<FilterOptions>, readonly (number | string)[] | null]>([
  [{ pid: ['5'] }, [5]],
  [{ pid: ['5,6', '7'] }, [5, 6, 7]],
  [{ pid: ['5'], port: ['22'] }, [5]],
  [{ expression: ['pid = 5 and sport = 22'] }, [5]],
  [{ expression: ['pid = 5 or pid = 6'] }, [5, 6]],
  // A socket that both hold is held by the first.
  [{ expression: ['pid = 5 and pid = 6'] }, [5]],
  [{ expression: ['pid = 5 or sport = 22'] }, null],
  [{ expression: ['pid != 5'] }, null],
  [{ expression: ['not pid = 5'] }, null],
  [{ expression: ['pid > 5'] }, null],
  [{ expression: ['peerpid = 5'] }, null],
  [{ program: ['sshd'] }, ['sshd']],
  [{ program: ['s*'] }, ['sshd', 'sh']],
  [{ program: ['sh', 'sshd'], port: ['22'] }, ['sshd', 'sh']],
  // PIDs are found more quickly.
  [{ program: ['sshd'], pid: ['5'] }, [5]],
  [{ expression: ['program = sh or pid = 5'] }, [5, 'sh']],
  [{ expression: ['program != sh'] }, null],
  [{ expression: ['peer = sh'] }, null],
  [{ port: ['22'] }, null],
])('%j selects only what is held by %j', (filters, expected) => {
  const { soughtOwners } = compileSelection(query(filters, { which: 'all' }), lookups);
  const named = ['sshd', 'sh', 'nginx'].filter((program) =>
    soughtOwners?.programs.some((fits) => fits({ program })),
  );
  expect(soughtOwners && [...soughtOwners.pids, ...named]).toEqual(expected);
});

it.each(['0', '00', '30,0'])('refuses PID %s, which no process has', (pid) => {
  const compile = () => compileFlags(query({ pid: [pid] }), lookups);
  expect(compile).toThrow(/^--pid: expected a process id, found '0+', which no process has$/);
});

it.each<[Partial<FilterOptions>, string]>([
  [{ expression: ["netns = ''"] }, "expected a network namespace, found ''"],
  [{ expression: ['local = 10.0.0.1:80'] }, 'an address alone (src takes a port too)'],
  [{ expression: ['remote = 10.0.0.1:80'] }, 'an address alone (dst takes a port too)'],
])('%j is refused with what would do', (filters, message) => {
  expect(() => compileSelection(query(filters, { which: 'all' }), lookups)).toThrow(message);
});

describe('a filter that no socket of the tables asked for can match', () => {
  const compiled = (filters: Partial<FilterOptions>, ...protocols: Query['protocols']) =>
    compileFlags(query(filters, { protocols }), lookups);

  it.each<[Partial<FilterOptions>, RegExp]>([
    [{ port: ['80'] }, /^--port: UNIX sockets have no ports$/],
    [{ local: [':80'] }, /^--local: UNIX sockets have no addresses and ports, .* found ':80'$/],
    [{ local: ['127.0.0.1,::1'] }, /found '127\.0\.0\.1'$/],
    [{ local: ['localhost:80'] }, /found 'localhost:80'$/],
    [{ remote: [':80'] }, /^--remote: expected an address, .* peer is not known$/],
    [
      { user: ['root'] },
      /^--user: who created a UNIX socket is not known; the expression 'euser = NAME'/,
    ],
    [{ exposed: true }, /^--exposed: other machines do not reach UNIX sockets$/],
  ])('is refused if only UNIX sockets are: %j', (filters, message) => {
    expect(() => compiled(filters, 'unix')).toThrow(message);
    expect(() => compiled({ ...filters, local: [] }, 'tcp', 'unix')).not.toThrow();
  });

  it.each(['/run/*', '@x', '*', 'name', 'unix:x', '127.0.0.1,/run/*'])(
    'is not --local %s of these',
    (local) => {
      expect(() => compiled({ local: [local] }, 'unix')).not.toThrow();
    },
  );

  it('matches nothing where it was typed for other tables', () => {
    const asked = query({ port: ['80'] }, { protocols: ['unix'] });
    expect(() => compileFlags(asked, { ...lookups, mayMatchNone: () => true })).not.toThrow();
    const typed = (filter: string) => filter !== 'port';
    expect(() => compileFlags(asked, { ...lookups, mayMatchNone: typed })).toThrow('no ports');
    const states = query({ state: ['listen'] }, { protocols: ['udp', 'raw'] });
    expect(() => compileFlags(states, { ...lookups, mayMatchNone: () => true })).not.toThrow();
    expect(() => compileFlags(states, lookups)).toThrow(
      /^--state listen: UDP and raw sockets have no such state: .*; -l lists their servers$/,
    );
    const mixed = query({ state: ['listen'] }, { protocols: ['tcp', 'udp'] });
    expect(() => compileFlags(mixed, lookups)).not.toThrow();
    const exposed = query({ exposed: true }, { protocols: ['unix'] });
    expect(() => compileFlags(exposed, { ...lookups, mayMatchNone: () => true })).not.toThrow();
  });

  it('is a state that has nothing to do with servers, which is not answered by them', () => {
    expect(() => compiled({ state: ['time_wait'] }, 'udp')).toThrow(/without one closed$/);
  });

  it.each(['local', 'remote'] as const)('is --%s with an address of the family left out', (end) => {
    const asked = query({ [end]: ['::1'] }, { families: ['inet'] });
    const message = `--${end}: only IPv4 sockets are listed, found '::1'`;
    expect(() => compileFlags(asked, lookups)).toThrow(message);
    const both = query({ [end]: ['::1,127.0.0.1'] }, { families: ['inet'] });
    expect(() => compileFlags(both, lookups)).not.toThrow();
  });

  it('is --exposed with a state that servers are never in', () => {
    expect(() => compiled({ exposed: true, state: ['established'] }, 'tcp', 'udp', 'unix')).toThrow(
      '--state established: --exposed lists servers, which are never in such a state',
    );
    const some = { exposed: true, state: ['established,closed'] };
    expect(() => compiled(some, 'tcp', 'udp')).not.toThrow();
    expect(() => compiled(some, 'tcp')).toThrow('--exposed');
  });

  it.each(['/run/x,127.0.0.1', '127.0.0.1:22,@x'])('is not --local %s of others', (local) => {
    expect(() => compiled({ local: [local] }, 'tcp')).not.toThrow();
  });

  it.each(['/run/*', '@x', 'unix:x'])('is --local %s of others', (local) => {
    const message = `--local: only UNIX sockets have such names, found '${local}'`;
    expect(() => compiled({ local: [local] }, 'tcp', 'udp')).toThrow(message);
    expect(() => compiled({ local: [local] }, 'tcp', 'unix')).not.toThrow();
  });
});
