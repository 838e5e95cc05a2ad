/** A fenced block of a Markdown file: its language and its lines. */
export interface Block {
  readonly language: string;
  /** The nearest heading above it. */
  readonly section: string;
  readonly text: string;
}

export function blocksOf(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let section = '';
  for (const [, heading, language = '', text = ''] of markdown.matchAll(
    /^#+ ([^\n]*)$|^```(\w*)\n(.*?)^```$/gms,
  )) {
    if (heading !== undefined) section = heading;
    else blocks.push({ language, section, text });
  }
  return blocks;
}

/** The commands of a `console` block: what stands behind `$ `. */
export function commandsOf(text: string): readonly string[] {
  return [...text.matchAll(/^\$ (.*)$/gm)].map(([, command]) => command ?? '');
}

/**
 * What varies from run to run, made the same; blanks at the ends of lines, which editors take away,
 * left out. The tables' own bytes are tested elsewhere.
 */
export function steady(output: string): string {
  return output
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '2026-01-31T12:00:00.000Z')
    .replace(/[ \t\r]+$/gm, '');
}

/** The Markdown with each command's output as `run` gives it. */
export function rerun(markdown: string, run: (command: string) => string): string {
  return markdown.replace(/^```console\n(.*?)^```$/gms, (_, text: string) => {
    const shown = commandsOf(text).map((command) => `$ ${command}\n${steady(run(command))}`);
    return `\`\`\`console\n${shown.join('')}\`\`\``;
  });
}
