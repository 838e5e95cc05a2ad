// Draws docs/picture.svg: what the program prints of fixtures/readme, with its colours, as a terminal shows it.
//   node scripts/readme-picture.js [FILE]
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const args = ['-tulnp', '--color=always', '--proc-root', join(root, 'fixtures/readme')];

/** SGR codes of 16 colours, as they are readable on the dark ground. */
const colors = {
  30: '#484f58',
  31: '#ff7b72',
  32: '#3fb950',
  33: '#d29922',
  34: '#58a6ff',
  35: '#bc8cff',
  36: '#39c5cf',
  37: '#b1bac4',
  90: '#6e7681',
  91: '#ffa198',
  92: '#56d364',
  93: '#e3b341',
  94: '#79c0ff',
  95: '#d2a8ff',
  96: '#56d4dd',
  97: '#ffffff',
};
const ground = '#0d1117';
const plain = '#c9d1d9';
const cell = { width: 7.8, height: 18, size: 13 };
const margin = 16;

/** A line's stretches of one look. */
function spansOf(line) {
  const spans = [];
  let look = { color: plain, bold: false, dim: false };
  for (const part of line.split(/(\x1b\[[\d;]*m)/)) {
    const codes = /^\x1b\[([\d;]*)m$/.exec(part)?.[1];
    if (codes === undefined) {
      if (part !== '') spans.push({ text: part, ...look });
      continue;
    }
    for (const code of codes.split(';').map(Number)) {
      if (code === 0) look = { color: plain, bold: false, dim: false };
      else if (code === 1) look = { ...look, bold: true };
      else if (code === 2) look = { ...look, dim: true };
      else if (code === 22) look = { ...look, bold: false, dim: false };
      else if (code === 39) look = { ...look, color: plain };
      else if (code in colors) look = { ...look, color: colors[code] };
    }
  }
  return spans;
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function lineText(line, at) {
  const y = margin + cell.height * (at + 1);
  const spans = spansOf(line).map(({ text, color, bold, dim }) => {
    const weight = bold ? ' font-weight="bold"' : '';
    const opacity = dim ? ' fill-opacity="0.6"' : '';
    return `<tspan fill="${color}"${weight}${opacity}>${escaped(text)}</tspan>`;
  });
  return `<text x="${margin}" y="${y}" xml:space="preserve">${spans.join('')}</text>`;
}

const { stdout, stderr, status } = spawnSync(
  process.execPath,
  [join(root, 'bin/tsnetstat.js'), ...args],
  { encoding: 'utf8', env: { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined } },
);
if (status !== 0) throw new Error(stderr);
const lines = ['$ tsnetstat -tulpn', ...stdout.trimEnd().split('\n')];
const widest = Math.max(
  ...lines.map((line) => line.replace(/\x1b\[[\d;]*m/g, '').trimEnd().length),
);
const width = Math.ceil(2 * margin + widest * cell.width);
const height = 2 * margin + cell.height * lines.length;
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>tsnetstat -tulpn</title>
<rect width="100%" height="100%" rx="8" fill="${ground}"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="${cell.size}">
${lines.map(lineText).join('\n')}
</g>
</svg>
`;
writeFileSync(process.argv[2] ?? join(root, 'docs/picture.svg'), svg);
