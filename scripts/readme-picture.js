// Writes docs/picture.svg, the picture at the top of README.md: what the built program prints of the
// captured server in fixtures/readme, in its own colours. `npm run build` first.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The arguments that the picture shows, as typed. */
const pictured = ['-tanp'];

/** @param {string} root the project's folder */
export const argumentsFor = (root) => [
  ...['--color=always', '--proc-root', join(root, 'fixtures/readme')],
  ...pictured,
];

/** Size of a character in units of the picture; runs are stretched to it, whatever the font. */
const width = 8;
const height = 18;
const margin = 16;

/**
 * Codes of ECMA-48 SGR, as chalk writes them: which class of the style sheet each begins (or, null, ends)
 * and whether that is the colour or the weight. An unknown code is an error, so that none is lost.
 *
 * @type {Readonly<Record<string, readonly ['colour' | 'weight', string | null]>>}
 */
const codes = {
  1: ['weight', 'bold'],
  2: ['weight', 'dim'],
  22: ['weight', null],
  31: ['colour', 'red'],
  32: ['colour', 'green'],
  33: ['colour', 'yellow'],
  34: ['colour', 'blue'],
  35: ['colour', 'magenta'],
  36: ['colour', 'cyan'],
  39: ['colour', null],
  90: ['colour', 'dim'],
  93: ['colour', 'yellow'],
  94: ['colour', 'blue'],
  95: ['colour', 'magenta'],
  96: ['colour', 'cyan'],
};

/** [class, light, dark]: each with a contrast of at least 4.5 to 1 with its background. */
const colours = [
  ['red', '#b3261e', '#ff8f87'],
  ['green', '#116329', '#6fdd8b'],
  ['yellow', '#7d4e00', '#e3b341'],
  ['blue', '#0550ae', '#79c0ff'],
  ['magenta', '#8250df', '#d2a8ff'],
  ['cyan', '#0b6477', '#56d4dd'],
  ['dim', '#57606a', '#9aa4af'],
];

/** @param {number} column 1: light, 2: dark */
const rules = (column, text = '', ground = '') =>
  [
    `text{fill:${text}}.ground{fill:${ground}}`,
    ...colours.map((colour) => `.${colour[0]}{fill:${colour[column]}}`),
  ].join('');

const style = [
  'text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}',
  '.bold{font-weight:bold}',
  rules(1, '#1f2328', '#f6f8fa'),
  `@media(prefers-color-scheme:dark){${rules(2, '#e6edf3', '#161b22')}}`,
].join('\n');

/** @param {string} text */
const escaped = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * Splits a line of output into runs of the same style, without the blanks between them.
 *
 * @param {string} line
 */
function* runsOf(line) {
  /** @type {{ colour: string | null, weight: string | null }} */
  const look = { colour: null, weight: null };
  let column = 0;
  for (const [, code, text = ''] of line.matchAll(/\x1b\[(\d+)m|([^\x1b]+)/g)) {
    if (code !== undefined) {
      const meant = codes[code];
      if (meant === undefined) throw new Error(`no colour is known for SGR ${code}`);
      look[meant[0]] = meant[1];
      continue;
    }
    // A run ends at two blanks, so that columns stay aligned as in a terminal.
    for (const { 0: run, index } of text.matchAll(/\S+(?: \S+)*/g)) {
      yield { run, column: column + index, look: [look.colour, look.weight].filter(Boolean) };
    }
    column += text.length;
  }
}

/** The command line above the listing. */
const command = `\x1b[2m$\x1b[22m \x1b[1mtsnetstat ${pictured.join(' ')}\x1b[22m\n`;

/**
 * A picture of what a terminal shows.
 *
 * @param {string} output what the program printed, with its colours
 */
export function pictureOf(output) {
  const title = `tsnetstat ${pictured.join(' ')}: sockets of a small server, states in colour`;
  return screenPicture(command + output, title);
}

/**
 * A picture of a whole screen.
 *
 * @param {string} screen its text with its colours, one line for each row
 * @param {string} title a description for people who cannot see it
 */
export function screenPicture(screen, title) {
  const lines = screen.trimEnd().split('\n');
  const drawn = lines.map((line, row) => {
    const y = margin + height * (row + 0.75);
    return [...runsOf(line)].map(({ run, column, look }) => {
      const kind = look.length > 0 ? ` class="${look.join(' ')}"` : '';
      const stretch = `textLength="${run.length * width}" lengthAdjust="spacingAndGlyphs"`;
      return {
        end: column + run.length,
        text: `<text x="${margin + column * width}" y="${y}" ${stretch}${kind}>${escaped(run)}</text>`,
      };
    });
  });
  const runs = drawn.flat();
  const across = 2 * margin + width * Math.max(...runs.map(({ end }) => end));
  const down = 2 * margin + height * lines.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${across} ${down}" width="${across}" height="${down}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${style}</style>`,
    `<rect class="ground" width="${across}" height="${down}" rx="8"/>`,
    ...runs.map(({ text }) => text),
    '</svg>',
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const program = [join(root, 'bin/tsnetstat.js'), ...argumentsFor(root)];
  const output = execFileSync(process.execPath, program, { encoding: 'utf8' });
  writeFileSync(join(root, 'docs/picture.svg'), pictureOf(output));
}
