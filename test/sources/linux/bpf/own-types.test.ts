import { expect, it } from 'vitest';
import { decodeKernelLayout } from '../../../../src/sources/linux/bpf/btf.ts';
import { ownTypes } from '../../../../src/sources/linux/bpf/own-types.ts';
import { membersToKnow, structures } from '../../../../src/sources/linux/bpf/owner-program.ts';
import { readerOf } from '../support/btf-blob.ts';

it('is a description of the structures, as the kernel describes its own', () => {
  const types = ownTypes(structures, 'tsnetstat', 1);
  const layout = decodeKernelLayout(readerOf(types.finish()), 'tsnetstat', membersToKnow);
  expect(layout?.functionId).toBe(types.functionIds[0]);
  expect(membersToKnow.map((member) => layout?.offsetOf(...member))).toEqual(membersToKnow.map(() => 0)); // biome-ignore format: one
  for (const [name, { size }] of types.structures) expect(layout?.sizeOf(name)).toBe(size);
  expect([...types.structures.keys()]).toEqual(Object.keys(structures));
});

it('makes a structure as big as its biggest member', () => {
  const { structures: made } = ownTypes(
    {
      small: { one: 'int' },
      long: { one: 'unsigned int', two: 'unsigned long' },
      linked: { one: 'pointer' },
      many: { one: { each: 'small' } },
      around: { one: { whole: 'long' } },
    },
    'f',
    1,
  );
  expect([...made].map(([name, { size }]) => [name, size])).toEqual([
    ['small', 4],
    ['long', 8],
    ['linked', 8],
    ['many', 4],
    ['around', 8],
  ]);
});

it('has each text once, those too that are added to it', () => {
  const types = ownTypes({ one: { same: 'int' }, two: { same: 'int' } }, 'f', 1);
  const place = types.placeOf('0:0');
  expect(types.placeOf('0:0')).toBe(place);
  const bytes = types.finish();
  const names = bytes.subarray(24 + bytes.readUInt32LE(16)).toString('latin1');
  expect(names.split('\0').filter((name) => name === 'same')).toHaveLength(1);
  expect(names.slice(place, place + 4)).toBe('0:0\0');
  expect(names.endsWith('\0')).toBe(true);
});

it('describes each function; those that the kernel does not call are static', () => {
  const types = ownTypes({}, 'f', 3);
  const bytes = types.finish();
  const words = (bytes.length - 24) >> 2;
  const infos = Array.from({ length: words }, (_, at) => bytes.readUInt32LE(24 + at * 4));
  // BTF_KIND_FUNC is 12; below it is the linkage: BTF_FUNC_STATIC is 0, BTF_FUNC_GLOBAL 1.
  const linkages = infos.filter((info) => info >>> 24 === 12).map((info) => info & 0xffff);
  expect(linkages).toEqual([1, 0, 0]);
  expect(new Set(types.functionIds).size).toBe(3);
});
