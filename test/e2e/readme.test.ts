import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pickColumns } from '../../src/attributes/index.ts';
import { NetstatError } from '../../src/errors.ts';
import { taskFrom } from '../../src/options/command-line.ts';
import { ownFlags } from '../../src/options/own-options.ts';
import { compileSelection } from '../../src/select/compile-selection.ts';
import { readCredentials } from '../../src/serving/credentials.ts';
import { script } from '../scripts/script.ts';
import { run as runOnce } from '../support/command.ts';
import { program, programFiles, quotedProgram } from '../support/program.ts';
import { because, reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import {
  anchorsOf,
  type Block,
  blocksOf,
  callsIn,
  commandLinesOf,
  commandsOf,
  linksOf,
  rerun,
  steady,
} from './support/readme.ts';
import { scenes } from './support/scenes.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const read = (page: string) => readFileSync(join(root, page), 'utf8');
const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
const pages = ['README.md', ...docs.map((name) => `docs/${name}`)];
const pagesWith = (language: string) =>
  pages.filter((page) => blocksOf(read(page)).some((block) => block.language === language));
/** What is shown for its mistake. */
const mistakes: Readonly<Record<string, readonly string[]>> = {
  'docs/filters.md': ['-tan dport = = 443'],
  'docs/scripts.md': ['-tlnq --port 99999'],
};
const reason = reasonToSkip({
  platforms: ['linux'],
  programs: ['bash', 'jq', 'awk'],
  files: programFiles,
});
/** What the commands of a page need besides. */
const morePrograms: Readonly<Record<string, readonly string[]>> = {
  'docs/pipelines.md': ['sqlite3'],
};
const reasonOf = (page: string) =>
  reasonToSkip({ platforms: ['linux'], programs: morePrograms[page] ?? [] });

describe.skipIf(reason !== null)(
  `the examples of README.md and docs/ (${reason ?? 'all are run'})`,
  () => {
    const folder = temporaryFolder('tsnetstat-readme-');
    beforeAll(() => {
      // The program as the reader types it, on the machine that the pages show.
      const script = `#!/bin/sh\nexec ${quotedProgram} --proc-root '${root}/fixtures/readme' "$@"\n`;
      writeFileSync(join(folder, 'tsnetstat'), script);
      chmodSync(join(folder, 'tsnetstat'), 0o755);
      symlinkSync(join(root, 'contrib'), join(folder, 'contrib'));
    });

    function run(command: string): string {
      const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env;
      const { stdout, error } = spawnSync('bash', ['-c', `exec 2>&1; ${command}`], {
        cwd: folder,
        env: { ...env, PATH: `${folder}:${env.PATH}`, LC_ALL: 'C' },
        timeout: 300_000,
      });
      if (error) throw error;
      return stdout.toString();
    }

    const shown = pagesWith('console');

    for (const page of pages.filter((page) => shown.includes(page) || staged(page).length > 0)) {
      const lacking = reasonOf(page);
      test.skipIf(lacking !== null)(
        `${page} shows what its commands print (vitest -u writes that anew)${because(lacking)}`,
        {
          // A hundred starts, on a machine that may be busy.
          timeout: 900_000,
        },
        async () => {
          const text = await play(page);
          await expect(
            rerun(read(page), { console: (command) => steady(run(command)), text }),
          ).toMatchFileSnapshot(join(root, page));
        },
      );
    }

    test.each(shown)('each of %s prints something, or is marked as printing nothing', (page) => {
      for (const block of blocksOf(read(page)).filter(({ language }) => language === 'console')) {
        expect(commandsOf(block.text).length, block.text).toBeGreaterThan(0);
        expect(block.text.split('\n').length - 1, block.text).toBeGreaterThan(
          commandsOf(block.text).length,
        );
      }
    });

    test('the picture is of what the program prints (node scripts/readme-picture.js makes it anew)', async () => {
      const { argumentsFor, pictureOf } = await script<{
        argumentsFor(root: string): string[];
        pictureOf(output: string): string;
      }>('readme-picture.js');
      const [file, ...before] = program;
      const output = execFileSync(file, [...before, ...argumentsFor(root)], { encoding: 'utf8' });
      expect(pictureOf(output)).toBe(read('docs/picture.svg'));
    });

    test('its line for ~/.bashrc makes bash complete what the program knows', () => {
      const line = 'tsnetstat -tp --program n';
      const words = `COMP_WORDS=(${line}) COMP_CWORD=3 COMP_LINE='${line}' COMP_POINT=${line.length}`;
      const reply = `_tsnetstat tsnetstat; printf '%s\\n' "\${COMPREPLY[@]}"`;
      expect(read('docs/reference.md')).toContain('eval "$(tsnetstat --completion bash)"');
      expect(run(`eval "$(tsnetstat --completion bash)"; ${words}; ${reply}`)).toBe(
        'nginx:\\ master\\ process\\ /usr/sbin/nginx\nnginx:\\ worker\\ process\nnode\n',
      );
    });

    test('all of docs/scripts.md is run', () => {
      const languages = blocksOf(read('docs/scripts.md')).map(({ language }) => language);
      expect(languages.length).toBeGreaterThan(8);
      expect(languages).toEqual(languages.map(() => 'console'));
    });

    test("README.md's example of a live machine has the columns that there are", () => {
      const [block] = blocksOf(read('README.md')).filter(({ language }) => language === 'text');
      const [command, ...expected] = block?.text.split('\n').slice(0, 3) ?? [];
      expect(command).toBe('$ tsnetstat -tn --tcp-info');
      const [file, ...before] = program;
      const { stdout } = spawnSync(file, [...before, '-tn', '--tcp-info'], { encoding: 'utf8' });
      expect(
        stdout
          .split('\n')
          .slice(0, 2)
          .map((line) => line.trimEnd()),
      ).toEqual(expected);
    });

    test('each example of --follow has the columns that the program prints', async () => {
      const blocks = ['README.md', 'docs/follow.md'].map((page) => {
        const texts = blocksOf(read(page)).filter(({ language }) => language === 'text');
        const block = texts.find(({ text }) => text.startsWith('$ tsnetstat --follow -tnp\n'));
        return block?.text.split('\n').slice(1) ?? [];
      });
      const [file, ...before] = program;
      const child = spawn(file, [...before, '--follow', '-tnp'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const [header] = await once(createInterface({ input: child.stdout }), 'line');
      child.kill();
      for (const [columns] of blocks) expect(columns).toBe(header);
    });

    test.each(pagesWith('sh'))("%s's lines for a shell are right for bash", (page) => {
      for (const { text } of blocksOf(read(page)).filter(({ language }) => language === 'sh')) {
        expect(spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' }).stderr, text).toBe('');
      }
    });

    test.each(pages.filter((page) => endingCalls(page).length > 0))(
      "%s's commands for a shell run on this machine",
      async (page) => {
        const ended = endingCalls(page).map(async (call) => {
          const { code, stderr } = await runOnce([...program, ...call]);
          return { call, code, stderr };
        });
        for (const one of await Promise.all(ended)) {
          // 1: nothing matches, or something is found.
          expect([0, 1], JSON.stringify(one)).toContain(one.code);
        }
      },
    );
  },
);

/** What reads the `text` blocks that show no command, by their first lines. */
const readers: Readonly<Record<string, (text: string) => unknown>> = {
  '# boxes, and numbers': (text) => ownFlags([{ name: 'options', text, hasLines: true }], 'linux'),
  '# /etc/tsnetstat/auth, owned by root, mode 600': (text) => readCredentials(text, 'auth'),
};
/** The test that reads each of the others; Caddy is not among the programs that tests need. */
const readElsewhere: Readonly<Record<string, string>> = {
  '# An accept queue fills up: the program does not accept as fast as connections come.':
    'test/differential/metrics.test.ts',
  '2026-01-31T14:03:28.061Z opened tcp 0.0.0.0:8080 by node': 'test/differential/pipelines.test.ts',
  'host,protocol,address,port,program,workload': 'test/differential/ansible.test.ts',
  'tsnetstat: warning: web2: ssh: connect to host web2 port 22: Connection refused':
    'test/differential/machines.test.ts',
  'Host *': 'test/differential/machines.test.ts',
  '# Caddyfile': 'Caddy',
};

test('each text without a command is read by what it is for', () => {
  const texts = pages
    .flatMap((page) => blocksOf(read(page)))
    .filter(({ language, text }) => language === 'text' && commandsOf(text).length === 0);
  const begins = ({ text }: Block) => text.split('\n')[0] ?? '';
  expect(texts.map(begins).sort()).toEqual(
    [...Object.keys(readers), ...Object.keys(readElsewhere)].sort(),
  );
  for (const block of texts) readers[begins(block)]?.(block.text);
});

test.each(pages.filter((page) => commandLinesOf(read(page)).length > 0))(
  '%s shows command lines that are understood',
  (page) => {
    const calls = commandLinesOf(read(page)).flatMap(callsIn);
    expect(calls.filter(isMistake).map((call) => call.join(' '))).toEqual(mistakes[page] ?? []);
  },
);

test.each(pages)('%s leads to files and headings that are there', (page) => {
  const text = read(page);
  const missing = linksOf(text).filter(({ path, anchor }) => {
    const file = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(root, file))) return true;
    return anchor !== '' && !anchorsOf(read(file)).includes(anchor);
  });
  expect(missing).toEqual([]);
});

test.each(pages)('%s has no line of text twice in a row', (page) => {
  const lines = read(page)
    .replace(/^```.*?^```$/gms, '')
    .split('\n')
    .filter((line) => line !== '');
  expect(lines.filter((line, at) => line === lines[at - 1])).toEqual([]);
});

/** What makes a command run on, write a file, or need other machines, networks or permissions than there may be. */
const beyondThis = /^(?:-c|--(?:follow|live|serve|save|completion|on|netns|all-netns))$/;

/** The command lines of a page's blocks for a shell that end by themselves on any machine. */
function endingCalls(page: string): readonly (readonly string[])[] {
  const lines = blocksOf(read(page)).filter(({ language }) => language === 'sh');
  return lines
    .flatMap(({ text }) => text.split('\n').flatMap(callsIn))
    .filter((call) => !call.some((word) => beyondThis.test(word)));
}

/** The commands in `text` blocks of a page: their output is that of a live machine. */
function staged(page: string): readonly string[] {
  const texts = blocksOf(read(page)).filter(({ language }) => language === 'text');
  return texts.flatMap(({ text }) => commandsOf(text));
}

/** Plays the scenes of a page. @returns the output of each of its staged commands */
async function play(page: string): Promise<(command: string) => string> {
  const own = scenes[page] ?? {};
  expect(Object.keys(own).sort(), `scenes of ${page}`).toEqual([...staged(page)].sort());
  const played = Object.entries(own).map(
    async ([command, scene]) => [command, await scene(command)] as const,
  );
  const outputs = new Map(await Promise.all(played));
  return (command) => outputs.get(command) ?? '';
}

/** Whether the program would refuse it as a mistake of the command line's. */
function isMistake(call: readonly string[]): boolean {
  const lookups = { serviceNumber: () => undefined, userId: () => 0 };
  try {
    const task = taskFrom(call.filter((word) => word !== '…'));
    if (!('listing' in task)) return false;
    const { query, view } = task.listing;
    // With -i the words are interfaces.
    if (query.report === 'sockets') compileSelection(query, lookups);
    for (const key of query.sort) pickColumns(query.report, [key.replace(/^-/, '')]);
    if (view.columns !== null) pickColumns(query.report, view.columns);
    return false;
  } catch (error) {
    if (error instanceof NetstatError) return true;
    throw error;
  }
}

const withoutBuild = reasonToSkip({
  platforms: ['linux', 'darwin', 'win32'],
  files: { [join(root, 'dist/library.d.ts')]: 'npm run build' },
});

/** What each line that an example prints must be like, where that is known on any machine. */
const printed: Readonly<Record<string, RegExp>> = {
  'docs/library.md': /^(?:\S+ (80|80\d\d|8100) LISTEN |tsnetstat_remote_connections\{)/,
};
const examples = pagesWith('ts').flatMap((page) =>
  blocksOf(read(page))
    .filter(({ language }) => language === 'ts')
    .map(({ text }, at) => ({ page, name: `${basename(page, '.md')}-${at + 1}`, text })),
);

describe.skipIf(withoutBuild !== null)(`the library (${withoutBuild ?? 'built'})`, () => {
  // Inside the package, so that its own name leads to it as it does for whoever installs it.
  const folder = join(root, '.cache', `readme-${process.pid}`);
  const fileOf = (name: string) => join(folder, `${name}.ts`);
  beforeAll(() => {
    mkdirSync(folder, { recursive: true });
    for (const { name, text } of examples) writeFileSync(fileOf(name), text);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('examples are right TypeScript', () => {
    expect(examples.map(({ page }) => page)).toEqual(
      expect.arrayContaining(['docs/library.md', 'docs/ports.md']),
    );
    const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2023'];
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const files = examples.map(({ name }) => fileOf(name));
    const { stdout } = spawnSync(
      process.execPath,
      [tsc, ...options, '--types', 'node', '--ignoreConfig', ...files],
      { cwd: root },
    );
    expect(stdout.toString()).toBe('');
  });

  test.each(examples)("$page's example runs ($name)", async ({ page, name }) => {
    const outfile = fileOf(name).replace(/\.ts$/, '.mjs');
    await build({ entryPoints: [fileOf(name)], outfile, format: 'esm', target: 'node20' });
    const output = execFileSync(process.execPath, [outfile], { encoding: 'utf8' });
    for (const line of output.split('\n').filter((text) => text !== '')) {
      expect(line).toMatch(printed[page] ?? /./);
    }
  });
});
