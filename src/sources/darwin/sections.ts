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

/**
 * Returns a function that says of each line, in their order, whether it belongs to a section of one kind: its headers
 * and rows do, titles and blank lines do not.
 */
export function sectionFilter(wanted: SectionKind): (line: string) => boolean {
  let kind: SectionKind = wanted;
  return (line) => {
    const title = titles.find(([pattern]) => pattern.test(line));
    if (title !== undefined) kind = title[1];
    return title === undefined && kind === wanted && line.trim() !== '' && !remarks.test(line);
  };
}
