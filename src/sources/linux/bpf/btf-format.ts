/** `struct btf_header`, six words (Linux, Documentation/bpf/btf.rst). */
export const header = {
  ...({ magic: 0xeb9f, version: 1, size: 24 } as const),
  ...({ ownSize: 4, types: 8, names: 16 } as const),
} as const;

/** The type kinds that are used here (BTF_KIND_*). */
export const kind = {
  ...({ int: 1, pointer: 2, array: 3, struct: 4, union: 5 } as const),
  ...({ function: 12, prototype: 13 } as const),
} as const;

/** `info` of a type: its kind and the number of elements that follow it; and either of them in it. */
export const infoOf = (its: number, count: number): number => (its << 24) | count;
export const kindOf = (info: number): number => (info >>> 24) & 0x1f;
export const countIn = (info: number): number => info & 0xffff;
