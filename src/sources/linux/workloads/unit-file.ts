/** A line `Key=Value` of a unit file. */
export interface Setting {
  readonly key: string;
  /** Trimmed; empty: it resets the values before. */
  readonly value: string;
}

/**
 * The settings of one section of a unit file or drop-in (systemd.syntax(7)), in their order. Invalid lines are
 * ignored, as systemd does; a line that ends with a backslash continues on the next.
 */
export function parseUnitFile(text: string, section: string): readonly Setting[] {
  const settings: Setting[] = [];
  let isIn = false;
  for (const line of logicalLines(text)) {
    if (line.startsWith('[')) {
      isIn = line === `[${section}]`;
      continue;
    }
    const equals = line.indexOf('=');
    if (!isIn || equals <= 0) continue;
    settings.push({
      key: line.slice(0, equals).trimEnd(),
      value: line.slice(equals + 1).trimStart(),
    });
  }
  return settings;
}

/** Trimmed lines without comments; continued lines are joined by a blank. */
function* logicalLines(text: string): Generator<string> {
  let parts: string[] = [];
  for (const raw of text.split('\n')) {
    // A comment between continued lines does not end them.
    if (/^[ \t\r]*[#;]/.test(raw)) continue;
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (goesOn(line)) {
      parts.push(line.slice(0, -1));
      continue;
    }
    parts.push(line);
    const whole = parts.join(' ').trim();
    parts = [];
    if (whole !== '') yield whole;
  }
  const rest = parts.join(' ').trim();
  if (rest !== '') yield rest;
}

/** Whether a line ends with an unescaped backslash. */
function goesOn(line: string): boolean {
  let backslashes = 0;
  while (line[line.length - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}
