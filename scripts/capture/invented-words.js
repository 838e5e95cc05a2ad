/**
 * Makes text unrecognizable but keeps its form: words are replaced by made-up ones of the same length, the same
 * word always by the same; blanks, slashes, brackets, escapes and invalid bytes stay.
 */

/** Words that reveal nothing about a machine. */
const common = new Set(
  'bin dbus dev etc home lib lib64 local opt proc root run sbin sh share socket sock srv sys system tmp usr user var X11'.split(
    ' ',
  ),
);

/** The bytes of UTF-8, each as a character. */
const latin1 = (text) => Buffer.from(text).toString('latin1');

/**
 * Stand-ins for characters of 2, 3 and 4 bytes, with the same length.
 * @type {[RegExp, string][]}
 */
const characters = [
  [/[\xc2-\xdf][\x80-\xbf]/g, latin1('é')],
  [/[\xe0-\xef][\x80-\xbf]{2}/g, latin1('日')],
  [/[\xf0-\xf4][\x80-\xbf]{3}/g, latin1('𠀀')],
];

export function wordInventor() {
  const known = new Map();
  let seed = 7;
  const pick = (letters) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return letters[Math.floor((seed / 2147483648) * letters.length)];
  };
  const letterFor = (letter, at) => {
    if (/\d/.test(letter)) return pick('0123456789');
    const invented = pick(at % 2 === 0 ? 'bdfgklmnprstvz' : 'aeiou');
    return letter === letter.toUpperCase() ? invented.toUpperCase() : invented;
  };
  const word = (given) => {
    if (common.has(given)) return given;
    let invented = known.get(given);
    if (invented === undefined) {
      invented = [...given].map(letterFor).join('');
      known.set(given, invented);
    }
    return invented;
  };

  /** `text` holds bytes as Latin-1. */
  return (text) => {
    let invented = text.replace(/[A-Za-z0-9]+/g, word);
    for (const [pattern, stand] of characters) invented = invented.replace(pattern, stand);
    return invented;
  };
}
