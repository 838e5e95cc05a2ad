/** A fenced block of a Markdown file: its language and its lines. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

/**
 * The files that a Markdown file shows: blocks whose first line is a comment with a path in it, by that path.
 */
export function filesOf(markdown: string): ReadonlyMap<string, string> {
  const named = blocksOf(markdown).map(
    ({ text }) => [/^# (\S*[./]\S*)\n/.exec(text)?.[1], text] as const,
  );
  return new Map(named.filter((one): one is [string, string] => one[0] !== undefined));
}

export function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));
}

/** The anchors of a Markdown file's headings, as GitHub makes them. */
export function anchorsOf(markdown: string): readonly string[] {
  return [...markdown.replace(/^```.*?^```$/gms, '').matchAll(/^#+ (.*)$/gm)].map(
    ([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
  );
}

/** Where a Markdown file leads to within the project: the path, and the anchor (or '') in it. */
export function linksOf(markdown: string): readonly { path: string; anchor: string }[] {
  const text = markdown.replace(/^```.*?^```$/gms, '');
  return [...text.matchAll(/\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(
    ([, path = '', anchor = '']) => ({ path, anchor }),
  );
}

/**
 * The arguments of each `tsnetstat` that a line for a shell runs: plain words and quoted ones, up to what
 * ends a command. Enough for the lines of these pages; no shell.
 */
export function callsIn(line: string): readonly (readonly string[])[] {
  const words = line.match(/'[^']*'|"\$\(|(?<=\s)#.*|"[^"]*"|[|&;<>()]+|[^\s'"|&;<>()]+/g) ?? [];
  const calls: string[][] = [];
  let call: string[] | null = null;
  let redirected = false;
  for (const word of words) {
    if (word.startsWith('#')) break;
    if (/^[<>]+$/.test(word)) redirected = true;
    else if (/^[|&;()]+$/.test(word) || word === '"$(') call = null;
    else if (/^(?:\S*\/)?tsnetstat(?:\.js)?$/.test(word)) {
      call = [];
      calls.push(call);
    } else if (redirected) redirected = false;
    else call?.push(word.replace(/^(['"])(.*)\1$/s, '$2'));
  }
  return calls;
}

/** The languages of blocks in which a line may run the program. */
const lineLanguages = ['sh', 'powershell', 'crontab', 'ini', 'yaml'];

/** Every command line with `tsnetstat` in it that a page shows: in blocks, and in code marks. */
export function commandLinesOf(markdown: string): readonly string[] {
  const inBlocks = blocksOf(markdown).flatMap(({ language, text }) => {
    if (language === 'console' || language === 'text') return commandsOf(text);
    return lineLanguages.includes(language) ? text.split('\n') : [];
  });
  const inText = markdown.replace(/^```.*?^```$/gms, '').matchAll(/`((?:\S+ )?tsnetstat [^`]*)`/g);
  const marked = [...inText].map(([, code = '']) =>
    code.replaceAll('\\|', '|').replace(/\s+/g, ' '),
  );
  return [...inBlocks, ...marked].filter((line) => callsIn(line).length > 0);
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

/** What a command prints, the same each time. */
type Run = (command: string) => string;

/** The Markdown with the output of each command in blocks of these languages as their `Run` gives it. */
export function rerun(markdown: string, runs: Readonly<Record<string, Run>>): string {
  return markdown.replace(/^```(\w+)\n(.*?)^```$/gms, (block, language: string, text: string) => {
    const run = runs[language];
    const commands = commandsOf(text);
    if (run === undefined || commands.length === 0) return block;
    const shown = commands.map((command) => `$ ${command}\n${run(command)}`).join('');
    return `\`\`\`${language}\n${text.endsWith('\n…\n') ? shortened(shown, text) : shown}\`\`\``;
  });
}

/** The first entries of an output, as many as an example has that ends in `…`. */
function shortened(output: string, example: string): string {
  // What continues an entry is indented more.
  const entriesOf = (text: string) => text.split(/^(?= {0,2}\S)/m);
  const count = entriesOf(example).length - 1;
  return `${entriesOf(output).slice(0, count).join('')}…\n`;
}
