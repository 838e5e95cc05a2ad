/**
 * Hostile input for every parser of what others control. `npm run fuzz` runs it for longer, with
 * `--target NAME`, `--runs N`, `--seed S` and `--minutes M`; what it finds goes into corpus/NAME.json.
 */
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slowerThanLinear } from './linear.ts';
import { options } from './options.ts';
import type { Target } from './target.ts';
import { targets } from './targets/index.ts';

const wanted = targets.filter(({ name }) => options.target === null || name === options.target);
if (wanted.length === 0) {
  throw new Error(
    `--target ${options.target}: not one of ${targets.map(({ name }) => name).join(', ')}`,
  );
}

const seed = options.seed ?? Date.now() % 0x7fffffff;
const share = options.minutes === null ? null : (options.minutes * 60_000) / wanted.length;

/** Inputs that once broke a promise. */
function corpusOf<Input>({ name }: Target<Input>): readonly Input[] {
  const file = new URL(`corpus/${name}.json`, import.meta.url);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

async function search<Input>(target: Target<Input>): Promise<void> {
  const found = await fc.check(
    fc.asyncProperty(target.input, async (input) => target.check(input)),
    {
      seed,
      numRuns: share === null ? options.runs : Number.MAX_SAFE_INTEGER,
      ...(share !== null && { interruptAfterTimeLimit: share }),
    },
  );
  if (!found.failed) return;
  const { counterexample, counterexamplePath, errorInstance, numRuns, numShrinks } = found;
  const [input] = counterexample ?? [];
  const reason = errorInstance instanceof Error ? errorInstance : new Error(String(errorInstance));
  reason.message = [
    reason.message,
    `Input ${numRuns}, smaller by ${numShrinks} steps (path ${counterexamplePath}). The same again:`,
    `  npm run fuzz -- --target ${target.name} --seed ${seed} --runs ${numRuns}`,
    `Once it is mended, to be kept in test/fuzz/corpus/${target.name}.json:`,
    `  ${JSON.stringify(input, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))}`,
  ].join('\n');
  throw reason;
}

describe.each(wanted.map((target) => [target.name, target] as const))('%s', (_, target) => {
  it.each(corpusOf(target).map((input) => [JSON.stringify(input).slice(0, 80), input]))(
    'keeps its promises for %s',
    async (_text, input) => {
      await target.check(input);
    },
  );

  it(`keeps its promises for any input (seed ${seed})`, { timeout: 0 }, async () => {
    await search(target);
  });

  it('reads in a time that grows as the input does', { timeout: 0 }, async () => {
    expect(await slowerThanLinear(target)).toEqual([]);
  });
});
