import type { Host, Output } from '../../src/host.ts';

/** The same output with a slow reader: it accepts a write only after the previous one was drained. */
export function slowly(output: Output): Output {
  let isPending = false;
  return {
    ...output,
    write(text) {
      if (isPending) throw new Error('the previous write is not drained');
      isPending = true;
      output.write(text);
    },
    async drained() {
      await new Promise((resolve) => setTimeout(resolve, 1));
      isPending = false;
    },
  };
}

/** A host in memory, and what the program wrote to it. */
export function fakeHost(changes: Partial<Host> = {}) {
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    write: (text: string | Uint8Array) => {
      written[name] += typeof text === 'string' ? text : Buffer.from(text).toString();
    },
    isTerminal: false,
    columns: null,
  });
  const host: Host = {
    elapsed: () => 0,
    platform: 'linux',
    env: {},
    version: '0.0.0',
    stdout: output('stdout'),
    stderr: output('stderr'),
    page: async () => null,
    readOwn: () => null,
    sleep: () => Promise.reject(new Error('no second round')),
    codeIfClosed: () => {},
    beforeSignal: () => () => {},
    // No signal comes.
    ended: () => new Promise(() => {}),
    openScreen: async () => null,
    descriptorRoom: async () => Number.POSITIVE_INFINITY,
    onManyRows: () => {},
    ownsThread: false,
    compilesForOthers: false,
    ...changes,
  };
  return { host, written };
}
