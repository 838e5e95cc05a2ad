import fc from 'fast-check';

/** Of what insertions are made: characters that each stand for a byte, or any. */
export type Alphabet = 'bytes' | 'text';

/** What parsers stumble over: edges of numbers, ends of lines, what terminals obey, what has a meaning elsewhere. */
const tokens = [
  ...[
    '',
    ' ',
    '\t',
    '\n',
    '\r\n',
    '\u0000',
    '\u001b[31m',
    '\u0007',
    '\u007f',
    '\u009b',
    '\u00ff',
    '\u00a0',
  ],
  ...[
    '0',
    '-0',
    '-1',
    '-2',
    '1',
    '00',
    '255',
    '256',
    '65535',
    '65536',
    '10000',
    'FFFF',
    'FFFFFFFF',
  ],
  ...['2147483648', '4294967295', '4294967296', '9007199254740993', '18446744073709551615', '1e3'],
  ...[
    '9'.repeat(40),
    'F'.repeat(17),
    '0'.repeat(32),
    'F'.repeat(32),
    '0x',
    '0x1f',
    '1.5',
    'NaN',
    'Infinity',
  ],
  ...[
    ':',
    '::',
    '*',
    '.',
    '..',
    '%',
    '%eth0',
    '/',
    '/33',
    '/129',
    '<->',
    '[',
    ']',
    '(',
    ')',
    '{',
    '}',
    '"',
    "'",
  ],
  ...[
    '\\',
    '\\x1b',
    ',',
    ';',
    '=',
    '#',
    '!',
    '@',
    '-',
    '--',
    '+',
    '&',
    '|',
    '<',
    '>',
    '$(id)',
    '`id`',
    '__proto__',
  ],
  ...[
    'constructor',
    'null',
    'true',
    '[]',
    '{}',
    '127.0.0.1',
    '0100007F:1F90',
    '::ffff:1.2.3.4',
    'lo',
    'socket:[1]',
  ],
];

type Edit = (text: string) => string;

/** A place in a text, whatever its length: ends are likelier than others. */
const place = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));
const at = (text: string, where: number) => Math.floor(where * text.length);

function insertions(alphabet: Alphabet): fc.Arbitrary<string> {
  const any = alphabet === 'bytes' ? fc.nat(255) : fc.nat(0xffff);
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...tokens) },
    {
      weight: 1,
      arbitrary: fc.array(any, { maxLength: 12 }).map((c) => String.fromCharCode(...c)),
    },
    { weight: 1, arbitrary: fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }).map(String) },
    { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 65n }).map((n) => n.toString(16)) },
  );
}

/** Replaces the words (of the lines, with '\n') at some places. */
function eachOf(pattern: RegExp, where: number, change: (found: string) => string): Edit {
  return (text) => {
    const found = [...text.matchAll(pattern)];
    const one = found[Math.min(found.length - 1, Math.floor(where * found.length))];
    if (one === undefined) return text;
    return text.slice(0, one.index) + change(one[0]) + text.slice(one.index + one[0].length);
  };
}

function edits(alphabet: Alphabet): fc.Arbitrary<Edit> {
  const insertion = insertions(alphabet);
  const length = fc.oneof(fc.nat(3), fc.nat(80));
  return fc.oneof(
    fc.tuple(place, length, insertion).map(
      ([where, removed, put]): Edit =>
        (text) =>
          text.slice(0, at(text, where)) + put + text.slice(at(text, where) + removed),
    ),
    fc.tuple(place, insertion).map(([where, put]) => eachOf(/[^ \t\n]+/g, where, () => put)),
    fc.tuple(place, insertion).map(([where, put]) => eachOf(/[0-9A-Fa-f]+/g, where, () => put)),
    fc.tuple(place, place).map(
      ([from, to]): Edit =>
        (text) => {
          const words = text.split(' ');
          const [a, b] = [at(text, from) % words.length, at(text, to) % words.length];
          return words
            .with(a, words[b] as string)
            .with(b, words[a] as string)
            .join(' ');
        },
    ),
    fc.tuple(place, length, fc.nat(20)).map(
      ([where, size, times]): Edit =>
        (text) => {
          const end = at(text, where) + size;
          return text.slice(0, end) + text.slice(end - size, end).repeat(times) + text.slice(end);
        },
    ),
    place.map(
      (where): Edit =>
        (text) =>
          text.slice(0, at(text, where)),
    ),
    place.map((where) => eachOf(/[^\n]*\n/g, where, () => '')),
    place.map((where) => eachOf(/[^\n]*\n/g, where, (line) => line + line)),
  );
}

/**
 * Texts near to the seeds: some of a seed's lines, behind its header, with some edits. Now and then
 * something else entirely.
 */
export function near(
  seeds: readonly string[],
  { alphabet, header = 0 }: { readonly alphabet: Alphabet; readonly header?: number },
): fc.Arbitrary<string> {
  const lines = seeds.map((seed) => seed.split(/(?<=\n)/));
  const base = fc
    .constantFrom(...lines)
    .chain((all) =>
      fc
        .array(fc.nat(Math.max(all.length - header - 1, 0)), { maxLength: 8 })
        .map((picked) =>
          [...all.slice(0, header), ...picked.map((i) => all[header + i] ?? '')].join(''),
        ),
    );
  const edited = fc
    .tuple(base, fc.array(edits(alphabet), { maxLength: 5 }))
    .map(([text, changes]) => changes.reduce((changed, change) => change(changed), text));
  const anything = fc.array(insertions(alphabet), { maxLength: 30 }).map((parts) => parts.join(''));
  return fc.oneof({ weight: 20, arbitrary: edited }, { weight: 1, arbitrary: anything });
}
