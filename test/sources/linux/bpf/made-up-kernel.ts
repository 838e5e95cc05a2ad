import type { KernelLayout } from '../../../../src/sources/linux/bpf/btf.ts';
import type { MachineMemory } from './run-program.ts';

/** Members of structures that have a PID namespace's numbers; no two of a structure are at one place. */
const numbers = { 'pid.level': 4, 'pid.numbers': 112, 'upid.nr': 8 } as const;
const sizeOfNumber = 24;

/** A made-up kernel. */
export interface MadeUpKernel {
  readonly layout: KernelLayout;
  /** The members that it has, `struct.member`, in order. */
  readonly members: readonly string[];
  /** The offset of a member. */
  place(name: string): number;
}

/** A kernel with these members of structures, and where they are; it also has those of numbers if it has tasks. */
export function madeUpKernel(places: Readonly<Record<string, number>>): MadeUpKernel {
  const all: Readonly<Record<string, number>> =
    'task_struct.thread_pid' in places ? { ...places, ...numbers } : places;
  const place = (name: string) => all[name] as number;
  return {
    layout: {
      functionId: 1,
      offsetOf: (struct, member) => place(`${struct}.${member}`),
      sizeOf: (struct) => (struct === 'upid' ? sizeOfNumber : 0),
    },
    members: Object.keys(all).sort(),
    place,
  };
}

/** Gives the task at an address a number in each namespace down to a level: 1000 * N more in one of level N. */
export function writeNumbers(
  { write }: MachineMemory,
  { place }: MadeUpKernel,
  task: number,
  number: number,
  levels: number,
): void {
  const behind = task + 0x8000;
  write(task + place('task_struct.thread_pid'), 8, behind);
  write(behind + place('pid.level'), 4, levels);
  for (let i = 0; i <= levels; i++) {
    const at = behind + place('pid.numbers') + i * sizeOfNumber;
    write(at + place('upid.nr'), 4, number + 1000 * i);
  }
}
