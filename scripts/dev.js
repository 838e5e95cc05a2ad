// Builds for development, and again whenever a file of src/ changes, until interrupted.
import { spawnSync } from 'node:child_process';
import { watch } from 'node:fs';
import { fileURLToPath } from 'node:url';

const build = fileURLToPath(new URL('build.js', import.meta.url));
const source = fileURLToPath(new URL('../src', import.meta.url));

/** An editor writes a file in several steps: changes within this many milliseconds count as one. */
const settling = 100;

function rebuild() {
  const { status } = spawnSync(process.execPath, [build, '--dev'], { stdio: 'inherit' });
  console.log(status === 0 ? 'built' : 'not built');
}

rebuild();
let timer;
watch(source, { recursive: true }, () => {
  clearTimeout(timer);
  timer = setTimeout(rebuild, settling);
});
