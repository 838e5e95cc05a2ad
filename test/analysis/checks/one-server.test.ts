import { expect, test } from 'vitest';
import { byWorkers } from '../../../src/analysis/checks/one-server.ts';
import { inet, owner } from '../../support/builders.ts';

const held = (port: number, worker: string) => ({
  socket: inet(`0.0.0.0:${port}`, '0.0.0.0:0', { owners: [owner(1, 'app')] }),
  worker,
});

const workers = (groups: readonly (readonly { readonly worker: string }[])[]) =>
  groups.map((group) => [...new Set(group.map(({ worker }) => worker))]);

test('workers that share a server belong together, also through others', () => {
  const all = [held(1, 'a'), held(2, 'b'), held(3, 'c'), held(1, 'b'), held(4, 'd'), held(2, 'e')];
  expect(workers(byWorkers(all))).toEqual([['a', 'b', 'e'], ['c'], ['d']]);
});

test('a long chain of them is one group', () => {
  const chain = Array.from({ length: 30_000 }, (_, at) => [
    held(at, `h${at + 1}`),
    held(at, `h${at}`),
  ]);
  expect(byWorkers(chain.flat())).toHaveLength(1);
});

test('of owners whose user is not known, those who created the sockets keep servers apart', () => {
  const of = (uid: number, worker: string) => ({
    socket: inet('0.0.0.0:80', '0.0.0.0:0', { uid, owners: [owner(1, 'app', { uid: null })] }),
    worker,
  });
  expect(workers(byWorkers([of(33, 'a'), of(33, 'b'), of(1000, 'c')]))).toEqual([
    ['a', 'b'],
    ['c'],
  ]);
});
