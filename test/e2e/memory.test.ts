import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { run } from '../support/command.ts';
import { builtProgram, reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const skipReason = reasonToSkip({ platforms: ['linux'], files: builtProgram });

const folder = temporaryFolder('tsnetstat-memory-');

/** Has Node say at its end how big V8's young generation is, in bytes. */
const sayingSize = `import v8 from 'node:v8';
process.on('exit', () => {
  const space = v8.getHeapSpaceStatistics().find((one) => one.space_name === 'new_space');
  console.error('young generation: ' + space.space_size);
});`;
const mebibyte = 1024 * 1024;

/** The package, also where an executable is tested: that has another engine. */
const script = fileURLToPath(new URL('../../bin/tsnetstat.js', import.meta.url));

describe.skipIf(skipReason)(`memory of many rows ${skipReason ?? ''}`, () => {
  beforeAll(() => {
    mkdirSync(join(folder, 'net'));
    const hex = (number: number, digits: number) => number.toString(16).toUpperCase().padStart(digits, '0'); // biome-ignore format: one
    const rows = Array.from({ length: 40_000 }, (_, i) => {
      const ends = `0100007F:${hex(1000 + i, 4)} ${hex(i % 250, 2)}00007F:1F90`;
      return `${i}: ${ends} 01 00000000:00000000 00:00000000 00000000     0        0 ${1e5 + i} 1 0 20 4 30 10 -1\n`;
    });
    writeFileSync(join(folder, 'net/tcp'), `  sl  local_address rem_address\n${rows.join('')}`);
  });

  it.each([['--json', '--sort', 'recvq'], ['--sort', 'recvq'], ['--format', 'csv'], []])(
    'is not taken by a young generation that grows: %s',
    async (...flags) => {
      const preload = `--import=data:text/javascript,${encodeURIComponent(sayingSize)}`;
      const { stderr, code } = await run([
        ...[process.execPath, preload, script, '-tan', '--proc-root', folder, ...flags],
      ]);
      expect(code).toBe(0);
      const [, size] = /^young generation: (\d+)$/m.exec(stderr) ?? [];
      expect(Number(size)).toBeGreaterThan(0);
      expect(Number(size) / mebibyte).toBeLessThanOrEqual(8);
    },
  );
});
