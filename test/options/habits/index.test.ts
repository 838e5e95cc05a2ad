import { describe, expect, it } from 'vitest';
import { isExpression } from '../../../src/commands/words-known.ts';
import { isNetstatError } from '../../../src/errors.ts';
import { taskFrom } from '../../../src/options/command-line.ts';
import { allFlags } from '../../../src/options/flag-table.ts';
import { spellings } from '../../../src/options/flags.ts';
import { habitAnswer } from '../../../src/options/habit-answer.ts';
import { habits } from '../../../src/options/habits/index.ts';
import { pipelineOf } from '../../../src/pipeline/pipeline.ts';
import { areCondition, beginsCondition } from '../../../src/select/expression/words.ts';
import { darwinSource } from '../../../src/sources/darwin/index.ts';
import type { Source } from '../../../src/sources/source.ts';
import { windowsSource } from '../../../src/sources/win32/index.ts';
import { textViewFor } from '../../../src/views/text/index.ts';
import { host, machine } from '../../sources/darwin/helpers.ts';
import { fakeWindows } from '../../sources/win32/fake-windows.ts';
import { noLookups } from '../../support/no-lookups.ts';
import { asked, refusal, split } from '../support/lines.ts';

const known = new Set(allFlags.flatMap(spellings));
const platform = 'linux';

/** Whether the words after the flags are names of interfaces, which are refused where there are none of that name. */
const isAboutInterfaces = (argv: readonly string[]) =>
  argv.length > 1 &&
  taskFrom(argv.slice(0, 1)).kind === 'list' &&
  !areCondition(argv.slice(1)) &&
  /^-[A-Za-z]*i/.test(argv[0] ?? '');

/** Whether a long name is an abbreviation of one of ours. */
const beginsOurs = (typed: string) =>
  /^--/.test(typed) && [...known].filter((name) => name.startsWith(typed)).length === 1;

/** The answer to a line. */
function answerTo(line: string, on: string = platform): string | null {
  const argv = split(line);
  const about = refusal(line, on)?.about ?? (isAboutInterfaces(argv) ? 'interfaces' : 'expression');
  const words = argv.filter((word) => !word.startsWith('-'));
  return habitAnswer({
    ...{ about, argv, words, platform: on, at: 0, beginsCondition, isExpression },
  });
}

describe('the table of habits', () => {
  const understoodOnes = habits.filter((habit) => habit.understood);
  // What begins the name of one of our options is answered if it is a mistake as that.
  const answered = habits
    .filter((habit) => !habit.understood)
    .map((habit) => ({ ...habit, typed: habit.typed.filter((typed) => !beginsOurs(typed)) }));

  it.each(understoodOnes.flatMap(({ typed }) => typed))('understands %s', (typed) => {
    expect(refusal(typed.replace('NAME', 'lo'))).toBeNull();
  });

  it.each(answered.flatMap(({ typed, ours }) => typed.map((one) => [one, ours] as const)))(
    'does not follow %s and answers it',
    (typed) => {
      if (/^-[^ ]+$/.test(typed)) expect(refusal(typed)?.code).toBe('usage');
      expect(answerTo(typed)).toMatch(
        /^[^\n]+: (?:type|nothing|see|leave it out)[ :;][^\n]+ \(in [^\n]+\)$/,
      );
    },
  );

  // What is typed contains an example, or a name that stands for a part of it, in the answer.
  const others: readonly (readonly [value: RegExp, other: string])[] = [
    [/3000/, '30001'],
    [/3000/, '13000'],
    [/10\.0\.0\.5/, '127.0.0.1'],
    [/10\.0\.0\.5/, '10.0.0.53'],
    [/example\.org|HOST/, 'host-3000.example.org'],
    [/example\.org|HOST/, 'STATE.example.org'],
    [/(?<![\w.])(?:root|www-data|ssh|sshd|nginx|web)\b/, 'TYPED3000'],
    [/(?<![\w.])(?:root|www-data|ssh|sshd|nginx|web)\b/, 'STATE-PORT'],
    [/\beth0\b/, 'eth3000'],
  ];
  it.each(
    answered.flatMap(({ typed }) =>
      typed.flatMap((line) =>
        others.flatMap(([value, other]) => {
          const [found] = value.exec(line) ?? [];
          return found === undefined ? [] : [[line, found, other] as const];
        }),
      ),
    ),
  )('answers %s with the same for %s as for %s', (line, value, other) => {
    expect(answerTo(line.replaceAll(value, other))).toBe(answerTo(line)?.replaceAll(value, other));
  });

  it.each(
    answered.flatMap(({ typed, ours, example, like }) =>
      example === undefined || like !== undefined
        ? []
        : typed.map((flag) => [flag, example, ours] as const),
    ),
  )('answers %s with its value for %s', (flag, example, ours) => {
    for (const value of /^\d+$/.test(example)
      ? ['3000', '12']
      : ['TYPED', 'STATE3000', '10.0.0.5']) {
      expect(answerTo(`${flag} ${value}`)).toContain(ours.replaceAll(example, value));
    }
  });

  /** What an answer says to type, each on a line of its own. */
  const remedies = (answer: string) =>
    [
      ...answer.matchAll(
        /(?<![\w'=-]|\| [a-z -]*)(?:tsnetstat )?(--?[a-zA-Z0-9](?:[^,;|']|'[^']*'|(?<=\S),(?=\S))*)/g,
      ),
    ].map(([all, flags = '']) => ({
      isWhole: all.startsWith('tsnetstat '),
      // Prose follows the flags.
      words: (
        /^(?:'[^']*'|(?! (?:or|for|with|without|on|in|which|shows|lists|ends|are|and|of)\b)[^'])*/.exec(
          flags,
        )?.[0] ?? ''
      )
        .trim()
        .split(' ')
        .map((word) => word.replaceAll("'", '')),
    }));

  /** What the answer to a line says to type, as lines of their own; none: that there is nothing. */
  function linesFor(typed: string, platform: string) {
    const argv = split(typed);
    const [culprit = '', ours = ''] = (answerTo(typed, platform) ?? '')
      .replace(/ \(in [^()]*\)$/, '')
      .split(/: (?:type )?(.*)/s);
    if (/^(?:nothing|see|leave it out)/.test(ours)) return [];
    const others = argv.filter((word) => !culprit.split(' ').includes(word));
    return remedies(ours).map(({ isWhole, words }) => {
      // Beside -i, other flags would be of interfaces.
      const isOfInterfaces = isWhole || /^(?:-i|--interval)/.test(words[0] ?? '');
      expect(isOfInterfaces || !isAboutInterfaces(argv), words.join(' ')).toBe(true);
      return [...(isWhole ? [] : others), ...words].join(' ');
    });
  }

  it.each(answered.flatMap(({ typed }) => typed))('answers %s by what can be typed', (typed) => {
    for (const line of linesFor(typed, platform)) asked(line);
  });

  /** Why a platform has no answer to a line; null: it has one, or the line is a mistake. */
  async function unsupported(line: string, source: Source): Promise<string | null> {
    try {
      const task = taskFrom(split(line), source.platform);
      if (task.kind !== 'list') return null;
      const { view, target } = task.listing;
      if (target.netns !== 'own') return 'only Linux has network namespaces';
      const shown = await textViewFor(view.format);
      const made = await pipelineOf(task.listing, source, shown, { resolver: noLookups });
      for await (const _ of (await made.open({ warn: () => {} })).batches);
      return null;
    } catch (error) {
      return isNetstatError(error) && error.code === 'unsupported' ? error.message : null;
    }
  }

  describe.each([
    ['macOS', darwinSource(host, machine('26.3').run)],
    ['Windows', windowsSource(fakeWindows().api)],
  ])('on %s', (_, source) => {
    it.each(answered.flatMap(({ typed }) => typed))(
      'answers %s by what it tells',
      async (typed) => {
        // The flags beside the habit may already have no answer.
        const flags = split(typed).filter((word) => word.startsWith('-'));
        if ((await unsupported(flags.join(' '), source)) !== null) return;
        for (const line of linesFor(typed, source.platform)) {
          expect(await unsupported(line, source), line).toBeNull();
        }
      },
    );
  });

  /** Commands and files that the other systems lack; what is said to be of Linux may name Linux' own. */
  const foreignTo = {
    darwin: /\b(?:conntrack|ss|ip route|Stop-Process|taskkill|NoElement)\b|\bps -Z|\/proc\b/,
    win32: /\b(?:conntrack|ss|ps|man|kill|xargs|sort|uniq|ip route)\b|netstat -m|\/proc\b/,
  } as const;
  const ofSystem = (text: string) =>
    text
      .split(/[;,] /)
      .filter((part, at, parts) => !/\bon (?:Linux|macOS)\b/.test(`${parts[at - 1]} ${part}`))
      .join('; ');

  describe.each(['darwin', 'win32'] as const)('on %s', (system) => {
    it.each(answered.flatMap(({ typed }) => typed))(
      'answers %s by no command of another system',
      (typed) => {
        const ours = (answerTo(typed, system) ?? '').replace(/ \(in [^()]*\)$/, '');
        expect(ofSystem(ours.slice(typed.length))).not.toMatch(foreignTo[system]);
      },
    );
    it.each(allFlags.flatMap(({ refusal = [] }) => refusal))('%s', (refusal) => {
      expect(ofSystem(refusal.replace(/^.*a kernel that still has it .*$/, ''))).not.toMatch(
        foreignTo[system],
      );
    });
  });

  it('names only existing flags', () => {
    for (const { ours } of habits) {
      const flags =
        ours
          .replace(/netstat -m|ss -\w+|-TYPED|-LETTERS\w*/g, '')
          .match(/(?<![\w-])--?[a-zA-Z0-9-]+/g) ?? [];
      for (const flag of flags) {
        if (flag === '-c' || known.has(flag)) continue;
        for (const letter of flag.slice(1))
          expect(known, `${flag} in ${ours}`).toContain(`-${letter}`);
      }
    }
  });
});
