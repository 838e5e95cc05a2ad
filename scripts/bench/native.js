import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const sources = fileURLToPath(new URL('native/', import.meta.url));

/** The small C programs, compiled into a folder of their own: {folder, runner, follow, floor, opener}. */
export function buildNative() {
  const folder = mkdtempSync(join(tmpdir(), 'tsnetstat-bench-'));
  const built = { folder };
  for (const name of ['runner', 'follow', 'floor', 'opener']) {
    built[name] = join(folder, name);
    execFileSync('cc', ['-O2', '-Wall', '-o', built[name], join(sources, `${name}.c`)], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  }
  return built;
}
