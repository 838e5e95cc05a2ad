import { loadNative, type Native } from '../../native.ts';

/**
 * Calls bpf(2) with a command and the `union bpf_attr` for it. Returns the call's result, or a negated errno if it
 * fails.
 */
export type SystemCall = (
  command: number,
  attribute: Buffer,
  pointers?: readonly Pointer[],
) => number;

/** Bytes that the kernel is given by their address. */
export interface Pointer {
  /** The offset of the address in the attribute. */
  readonly at: number;
  readonly bytes: Buffer;
}

/** The system call number of bpf(2) on each little-endian architecture. */
const numbers: Readonly<Record<string, number>> = {
  x64: 321,
  arm64: 280,
  riscv64: 280,
  loong64: 280,
};

/** Returns bpf(2); null if the native part is missing or the architecture is unsupported. */
export function loadSystemCall(
  load: () => Native = loadNative,
  arch: string = process.arch,
): SystemCall | null {
  const number = numbers[arch];
  if (number === undefined) return null;
  try {
    return systemCall(load(), number);
  } catch {
    return null;
  }
}

function systemCall(native: Native, number: number): SystemCall {
  const call = native.load(null).func('long syscall(long, int, void *, unsigned int)');
  /** These must not be collected before the call is over. */
  const lent = new Set<Buffer>();
  return (command, attribute, pointers = []) => {
    for (const { at, bytes } of pointers) {
      lent.add(bytes);
      attribute.writeBigUInt64LE(native.address(bytes), at);
    }
    const answer = Number(call(number, command, attribute, attribute.length));
    lent.clear();
    return answer < 0 ? -native.errno() : answer;
  };
}
