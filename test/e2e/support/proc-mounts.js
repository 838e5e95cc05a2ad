/**
 * Run inside namespaces of its own: listens on a port of its network, runs the program once for each
 * command that standard input lists (a JSON array of {args, cwd, uid}), and prints what came of it.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const { port, program, runs } = JSON.parse(readFileSync(0, 'utf8'));
const server = createServer().listen(port, '0.0.0.0', () => {
  const results = runs.map(({ args, cwd, uid }) => {
    const [first, ...rest] = program;
    const { status, stdout, stderr } = spawnSync(first, [...rest, ...args], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      ...(cwd && { cwd }),
      ...(uid && { uid, gid: uid }),
    });
    return { status, stdout, stderr };
  });
  process.stdout.write(JSON.stringify(results));
  server.close();
});
