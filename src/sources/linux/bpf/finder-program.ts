import { kind } from './btf-format.ts';
import { assembler } from './instructions.ts';

/** <linux/bpf.h>: bpf_btf_find_by_name_kind. */
const findByName = 167;

/** A program, run by itself, that returns the BTF ID of a kernel function, or a negated errno. */
export function finderProgram(functionName: string): Buffer {
  const { storeNumber, copy, addNumber, set, call, finish } = assembler();
  const text = Buffer.from(`${functionName}\0`, 'latin1');
  const padded = Buffer.alloc(Math.ceil(text.length / 8) * 8);
  text.copy(padded);
  for (let at = 0; at < padded.length; at += 4) {
    storeNumber(4, 10, at - padded.length, padded.readInt32LE(at));
  }
  copy(1, 10);
  addNumber(1, -padded.length);
  set(2, text.length);
  set(3, kind.function);
  // No flags.
  set(4, 0);
  call(findByName);
  return finish().code;
}
