/**
 * netstat's socket listing has sections with titles: Internet, multipath, UNIX, and the kernel's own (control modules,
 * event and control sockets).
 */
export type SectionKind = 'inet' | 'unix' | 'other';

const titles: readonly (readonly [RegExp, SectionKind])[] = [
  [/^Active Internet connections/, 'inet'],
  [/^Active LOCAL \(UNIX\) domain sockets/, 'unix'],
  [/^(Active|Registered) /, 'other'],
];

/** Remarks that netstat prints about its own output (protopr, unixpr). */
const remarks =
  /^(Some \S+ sockets may have been (created|deleted)|got \d+ twice|unexpected kind \d+)/;

/** Yields the lines of all sections of one kind, including headers, without titles and blank lines. */
export function* sectionLines(text: string, wanted: SectionKind): Generator<string> {
  let kind: SectionKind = wanted;
  for (const line of text.split('\n')) {
    const title = titles.find(([pattern]) => pattern.test(line));
    if (title !== undefined) kind = title[1];
    else if (kind === wanted && line.trim() !== '' && !remarks.test(line)) yield line;
  }
}
