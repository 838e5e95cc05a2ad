import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const sources = fileURLToPath(new URL('native/', import.meta.url));

const cache = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));

/**
 * Compiles the small C programs into a temporary folder: {folder, runner, follow, floor, opener}. Not in /tmp:
 * `--diagnose` reports programs that run from there.
 */
export function buildNative() {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'bench-'));
  const built = { folder };
  for (const name of ['runner', 'follow', 'floor', 'opener']) {
    built[name] = join(folder, name);
    execFileSync('cc', ['-O2', '-Wall', '-o', built[name], join(sources, `${name}.c`)], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  }
  return built;
}
