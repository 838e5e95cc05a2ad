/**
 * Names made to harm: escape sequences, line breaks, forged rows, bytes that are not UTF-8. net-tools
 * prints them raw; tsnetstat must print nothing of them that a terminal obeys, and must agree with
 * net-tools in every other column.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isWide, showsPrograms, table } from './cases.ts';
import { programName, programWidth, splitUnixRow } from './deviations.ts';
import { skipReason, startZoo, type Zoo } from './zoo.ts';

const lists = [['-tanp'], ['-tap'], ['-tanpe'], ['-tanpo'], ['-tanpW'], ['-tulpn'], ['-ap']];
const unix = [['-xa'], ['-xl'], ['-xap'], ['-xaW'], ['-xapW'], ['-x'], ['-a', '--unix', '-e']];

/** What a terminal may obey or be fooled by. */
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** The part of a name (Latin-1) before the first byte that is not plain ASCII. */
const plainStart = (name: string) => /^[\x20-\x7e]*/.exec(name)?.[0] ?? '';

describe.skipIf(skipReason)(`hostile names ${skipReason ?? ''}`, () => {
  let zoo: Zoo;
  let proc: string;

  beforeAll(async () => {
    zoo = await startZoo('hostile');
    proc = await zoo.freeze();
  });
  afterAll(() => zoo?.stop());

  async function both(args: readonly string[]): Promise<{ theirs: string; ours: string }> {
    const theirs = await zoo.netstat(args, { proc });
    const ours = await zoo.tsnetstat(['--proc-root', proc, ...args]);
    return { theirs: theirs.stdout.toString('latin1'), ours: ours.stdout.toString('latin1') };
  }

  it.each(table([...lists, ...unix]))(
    '%s prints nothing that a terminal obeys',
    async (_, args) => {
      const { stdout, stderr } = await zoo.tsnetstat(['--proc-root', proc, ...args]);
      const text = new TextDecoder('utf-8', { fatal: true }).decode(stdout);
      expect(text.split('\n').filter((line) => unsafe.test(line))).toEqual([]);
      expect(stderr.split('\n').filter((line) => unsafe.test(line))).toEqual([]);
    },
  );

  it('net-tools prints escapes and line breaks, so the zoo is hostile indeed', async () => {
    const { theirs } = await both(['-tanp']);
    expect(theirs).toContain('\u001b[31m');
    expect(theirs).toContain('line\nbreak');
    expect((await both(['-xa'])).theirs).toContain('\u001b]0;title\u0007');
  });

  it.each(table(lists.filter(([flags]) => flags !== '-ap')))(
    '%s agrees in every other column',
    async (_, args) => {
      let { theirs, ours } = await both(args);
      for (const [pid, argv0] of zoo.ready.programs) {
        const name = programName(argv0);
        const mark = ` <${pid}>`;
        const whole = `${pid}/${name}`;
        const cell = ` ${whole.slice(0, programWidth).padEnd(programWidth + 1)}`;
        expect(theirs).toContain(cell);
        theirs = theirs.replaceAll(cell, mark);

        const shown = new RegExp(` ${pid}/(.*?) *( (?:off|on|keepalive) .*)?$`, 'm').exec(ours);
        expect(shown?.[1], `${pid} in\n${ours}`).toBeDefined();
        const room = isWide(args) ? Number.POSITIVE_INFINITY : programWidth - `${pid}/`.length;
        expect(shown?.[1]?.startsWith(plainStart(name).slice(0, room).trimEnd())).toBe(true);
        ours = ours.replace(
          new RegExp(` ${pid}/.*?( (?:off|on|keepalive) .*)?$`, 'm'),
          (_all, timer: string | undefined) => mark + (timer ?? ''),
        );
      }
      expect(ours).toBe(theirs);
    },
  );

  it.each(table(unix))('%s agrees in every column but the path', async (_, args) => {
    const { theirs, ours } = await both(args);
    const split = (text: string) =>
      text
        .split('\n')
        .map((line) => splitUnixRow(line, showsPrograms(args)) ?? { row: line, path: '' });
    const [their, our] = [split(theirs), split(ours)];
    expect(our.map(({ row }) => row)).toEqual(their.map(({ row }) => row));
    for (const [index, { path }] of their.entries()) {
      expect(our[index]?.path.trimStart().startsWith(plainStart(path))).toBe(true);
    }
  });
});
