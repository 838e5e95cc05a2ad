import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Sets up a world (worlds.js); `end` removes it and resolves when nothing of it is left. */
export async function startLoad(opener, { openers: calls, links, unlinks }) {
  batch(links);
  const openers = [];
  for (const args of calls) openers.push(await open(opener, args.map(String)));
  return {
    end: async () => {
      for (const one of openers) await one.end();
      batch(unlinks);
    },
  };
}

function batch(lines) {
  if (lines === undefined) return;
  const input = `${lines().join('\n')}\n`;
  execFileSync('ip', ['-batch', '-'], { input, stdio: ['pipe', 'inherit', 'inherit'] });
}

async function open(opener, args) {
  const child = spawn(opener, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value } = await said.next();
  if (value !== 'ready') throw new Error(`the load could not be made: opener ${args.join(' ')}`);
  return {
    end: () => {
      child.stdin.end();
      return ended;
    },
  };
}
