import { expect, it } from 'vitest';
import { workerFile } from '../../../../src/sources/linux/threads/worker-file.ts';

it.each([
  ['file:///src/linux/walk.ts', 'file:///src/linux/walk-worker.ts'],
  ['file:///app/dist/program.js', 'file:///app/dist/walk-worker.cjs'],
  ['file:///app/dist/parts/sources-x.cjs', 'file:///app/dist/walk-worker.cjs'],
  ['file:///opt/parts/app/dist/library.js', 'file:///opt/parts/app/dist/walk-worker.cjs'],
])('the worker that %s starts lies at %s', (starter, place) => {
  expect(workerFile('walk-worker', starter).href).toBe(place);
});
