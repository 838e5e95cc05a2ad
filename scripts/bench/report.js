import { verdictsOf } from './budgets.js';
import { followSummaryOf, ratioOf, summaryOf } from './statistics.js';

/** The programs whose speed is given as a ratio to each of the others. */
const subjects = ['tsnetstat', 'standalone'];

/** A measurement as {title, note, header, rows}, all strings. */
export function tableOf(one, world, measured, programs) {
  const titleOf = (name) => programs[name]?.title ?? name;
  const verdicts = verdictsOf(one, world.size, measured);
  const table = one.follow
    ? followTable(measured, verdicts, titleOf)
    : sideBySideTable(measured, verdicts, titleOf);
  return { title: one.title, note: world.title, ...table };
}

function sideBySideTable(measured, verdicts, titleOf) {
  const compared = subjects.filter((name) => measured[name] !== undefined);
  const rows = Object.entries(measured).map(([name, samples]) => {
    const { runs, wall, cpu, peak, bytes, late } = summaryOf(samples);
    return [
      titleOf(name),
      late ? `over ${duration(wall)}` : duration(wall),
      duration(cpu),
      `${peak.toFixed(peak < 10 ? 1 : 0)} MiB`,
      volume(bytes),
      String(runs),
      ...compared.map((subject) => (subject === name ? '' : ratioText(measured[subject], samples))),
      budgetText(verdicts, name),
    ];
  });
  const ratios = compared.map((name) => `${titleOf(name)} is`);
  return {
    header: ['program', 'wall', 'CPU', 'peak', 'out', 'runs', ...ratios, 'budget'],
    rows,
  };
}

function followTable(measured, verdicts, titleOf) {
  const rows = Object.entries(measured).map(([name, rounds]) => {
    const { first, steady, ratio, bytes } = followSummaryOf(rounds);
    return [
      titleOf(name),
      duration(first),
      duration(steady),
      volume(bytes),
      String(rounds.length),
      times(ratio),
      verdicts
        .filter(({ subject }) => subject === name)
        .map((verdict) => verdictText(times, verdict))
        .join(', '),
    ];
  });
  return {
    header: ['program', 'first round', 'later rounds', 'out', 'rounds', 'later ÷ first', 'budget'],
    rows,
  };
}

/** A budget is shown in the row of the program compared with; a memory budget in the program's own. */
function budgetText(verdicts, name) {
  return verdicts
    .filter(({ subject, against }) => (against ?? subject) === name)
    .map((verdict) =>
      verdict.against === null
        ? verdictText((value) => `${value} ${verdict.unit}`, verdict)
        : verdictText(times, verdict),
    )
    .join(', ');
}

const verdictText = (unit, { limit, met }) => `≤ ${unit(limit)}: ${met ? 'met' : 'missed'}`;

function ratioText(subject, against) {
  const ratio = ratioOf(subject, against);
  if (ratio === null) return '';
  const sign = ratio.atMost ? '< ' : '';
  return `${sign}${times(ratio.median)} (${digits(ratio.low)}–${digits(ratio.high)})`;
}

const times = (ratio) => `${digits(ratio)} ×`;

/** Two decimals, but at least two significant digits. */
function digits(ratio) {
  return ratio < 0.095 ? ratio.toPrecision(2) : ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(0);
}

function duration(milliseconds) {
  if (milliseconds < 100) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 2_000) return `${milliseconds.toFixed(0)} ms`;
  const decimals = milliseconds < 20_000 ? 2 : milliseconds < 100_000 ? 1 : 0;
  return `${(milliseconds / 1_000).toFixed(decimals)} s`;
}

function volume(bytes) {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** For a terminal: aligned columns, numbers to the right. */
export function plainText({ title, note, header, rows }) {
  const widths = header.map((cell, i) =>
    Math.max(cell.length, ...rows.map((row) => row[i].length)),
  );
  const last = header.length - 1;
  const line = (cells) =>
    `  ${cells
      .map((cell, i) => (i === 0 || i === last ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  ')
      .trimEnd()}`;
  const heading = title.replaceAll('`', '');
  return [`${heading} · ${note}`, line(header), ...rows.map(line), ''].join('\n');
}

/** For docs/measurements.md. */
export function markdown({ title, note, header, rows }) {
  const last = header.length - 1;
  const rule = header.map((_, i) => (i === 0 || i === last ? '---' : '--:'));
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const sentence = `${note[0].toUpperCase()}${note.slice(1)}.`;
  return [`### ${title}`, '', sentence, '', line(header), line(rule), ...rows.map(line), ''].join(
    '\n',
  );
}
