import { describe, expect, it } from 'vitest';
import { finderProgram } from '../../../../src/sources/linux/bpf/finder-program.ts';
import { machineMemory, runProgram } from './run-program.ts';

/** What the program asks the kernel for: a name with its length, a kind of type, flags. */
function askedBy(program: Buffer) {
  const memory = machineMemory();
  const asked: unknown[] = [];
  memory.helpers.set(167, (read, [name = 0n, length = 0n, kind, flags]) => {
    const bytes = Array.from({ length: Number(length) }, (_, i) => read(name + BigInt(i), 1));
    asked.push(Buffer.from(bytes.map(Number)).toString('latin1'), Number(kind), Number(flags));
    return 4711n;
  });
  runProgram(program, 0, memory);
  return { asked, answer: memory.answer };
}

describe('finderProgram', () => {
  it.each(['f', 'abc', 'seven_c', 'eight_ch', 'nine_char', 'bpf_iter_task_file', 'x'.repeat(100)])(
    'asks for a function of that name, and returns what the kernel answers: %s',
    (name) => {
      // BTF_KIND_FUNC; a zero ends the name, and there is no other in it.
      expect(askedBy(finderProgram(name))).toEqual({ asked: [`${name}\0`, 12, 0], answer: 4711n });
    },
  );
});
