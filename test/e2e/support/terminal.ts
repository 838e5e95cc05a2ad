import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import xterm from '@xterm/headless';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const host = fileURLToPath(new URL('terminal-host.py', import.meta.url));

/** How a program ended: its exit code, and in which mode its terminal was then. */
interface Ended {
  readonly code: number;
  readonly mode: 'cooked' | 'raw' | 'gone';
}

/** A program on a terminal of its own, and the person before it. */
export interface OnTerminal {
  /** What is seen, a line a row, without blanks at the lines' ends. */
  text(): string;
  /** Waits until what is seen fits, if only for one frame; fails with what is seen where it does not. */
  see(what: RegExp | string): Promise<string>;
  /** Waits until what is seen does not fit any more. */
  seeNo(what: RegExp | string): Promise<string>;
  type(keys: string): void;
  resize(rows: number, columns: number): void;
  /** A line for terminal-host.py. */
  order(line: string): void;
  /** Waits for a line of terminal-host.py, such as `stopped cooked`, which comes so many `times`. */
  told(line: RegExp, times?: number): Promise<string>;
  /** Waits until the frame that comes is whole and nothing has come for a while. */
  rest(): Promise<void>;
  /** Waits until the program has ended and all that it wrote is seen. */
  ended(): Promise<Ended>;
  /** What is seen with weights and colours, as chalk writes them. */
  styled(): string;
  /** The style of a cell: letters for its attributes, and the number of its colour. */
  styleAt(row: number, column: number): string;
  /** Whether the alternate buffer is shown. */
  readonly isAlternate: boolean;
  /** Private modes that the program has turned on and not off, by number. */
  readonly modesOn: readonly number[];
  /** Everything that was written so far, as it came. */
  readonly written: string;
  kill(): void;
}

const patience = Number(process.env.PATIENCE ?? 120_000);

const [frameBegin, frameEnd] = ['\x1b[?2026h', '\x1b[?2026l'] as const;

/** Splits output after each frame, so that every frame is examined even if several arrive at once. */
function pieces(data: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let from = 0; from < data.length; ) {
    const end = data.indexOf(frameEnd, from);
    const to = end < 0 ? data.length : end + frameEnd.length;
    found.push(data.subarray(from, to));
    from = to;
  }
  return found;
}

/** Starts a program on a terminal. What it shows is read by an emulator. */
export function onTerminal(
  command: readonly string[],
  {
    rows = 24,
    columns = 80,
    env = {},
    cwd = root,
    isBehind = false,
  }: {
    rows?: number;
    columns?: number;
    env?: NodeJS.ProcessEnv;
    cwd?: string;
    /** Whether it starts as a job in the background. */
    isBehind?: boolean | undefined;
  },
): OnTerminal {
  const child: ChildProcess = spawn(
    '/usr/bin/python3',
    [host, String(rows), String(columns), ...(isBehind ? ['--behind'] : []), ...command],
    {
      cwd,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  const terminal = new xterm.Terminal({ rows, cols: columns, allowProposedApi: true });
  // Whoever has ended hears no more.
  child.stdin?.on('error', () => undefined);
  let written = '';
  let isOver = false;
  const lines: string[] = [];
  /** Whoever waits looks again. */
  let look: () => void = () => undefined;
  const decoder = new TextDecoder();
  let drawn: Promise<void> = Promise.resolve();
  child.on('close', async () => {
    await drawn;
    isOver = true;
    look();
  });
  child.stdout?.on('data', (data: Buffer) => {
    written += decoder.decode(data, { stream: true });
    for (const piece of pieces(data)) {
      drawn = new Promise((resolve) => {
        terminal.write(piece, () => {
          resolve();
          look();
        });
      });
    }
  });
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line);
      look();
    });
  }

  const text = () => {
    const { active } = terminal.buffer;
    return Array.from({ length: terminal.rows }, (_, row) =>
      (active.getLine(active.baseY + row)?.translateToString(true) ?? '').trimEnd(),
    ).join('\n');
  };

  async function until<T>(found: () => T | null, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        look = () => undefined;
        settle();
      };
      const fail = () => {
        const told = `told: ${lines.join(', ')}; seen:\n${text()}`;
        end(() => reject(new Error(`waited for ${what} in vain; ${told}`)));
      };
      const timer = setTimeout(fail, patience);
      const mine = () => {
        const value = found();
        if (value !== null) end(() => resolve(value));
        else if (isOver) fail();
      };
      look = mine;
      drawn.then(() => {
        if (look === mine) mine();
      });
    });
  }

  /** A frame is begun and not ended. */
  const isWithin = () => written.lastIndexOf(frameBegin) > written.lastIndexOf(frameEnd);

  const fits = (what: RegExp | string) => {
    const seen = text();
    return typeof what === 'string' ? seen.includes(what) : what.test(seen);
  };
  const order = (line: string) => child.stdin?.write(`${line}\n`);

  return {
    text,
    see: (what) => until(() => (fits(what) ? text() : null), String(what)),
    seeNo: (what) => until(() => (fits(what) ? null : text()), `no ${what}`),
    type: (keys) => order(`type ${Buffer.from(keys).toString('hex')}`),
    resize(newRows, newColumns) {
      terminal.resize(newColumns, newRows);
      order(`size ${newRows} ${newColumns}`);
    },
    order,
    told: (line, times = 1) =>
      until(() => lines.filter((one) => line.test(one))[times - 1] ?? null, String(line)),
    async rest() {
      const end = Date.now() + patience;
      for (let before = -1; before !== written.length || isWithin(); ) {
        if (Date.now() > end) throw new Error(`it never rests; seen:\n${text()}`);
        before = written.length;
        await new Promise((resolve) => setTimeout(resolve, 400));
      }
      await drawn;
    },
    async ended() {
      const line = await until(
        () => lines.find((one) => one.startsWith('exit ')) ?? null,
        'the end',
      );
      // What was written may come behind the word that it ended: they are two pipes.
      await until(() => (isOver ? true : null), 'the end of its terminal');
      await drawn;
      const [, code, mode] = line.split(' ');
      return { code: Number(code), mode: mode as Ended['mode'] };
    },
    styled() {
      const { active } = terminal.buffer;
      const lines = Array.from({ length: terminal.rows }, (_, row) => {
        let line = '';
        for (let column = 0; column < terminal.cols; column++) {
          const cell = active.getLine(active.baseY + row)?.getCell(column);
          if (cell === undefined || cell.getWidth() === 0) continue;
          const color = cell.isFgDefault() ? null : cell.getFgColor();
          const codes = [
            cell.isDim() ? 2 : cell.isBold() || cell.isInverse() ? 1 : 22,
            color === null ? 39 : color < 8 ? 30 + color : 82 + color,
          ];
          line += `${codes.map((code) => `\x1b[${code}m`).join('')}${cell.getChars() || ' '}`;
        }
        return line.replace(
          /((?:\x1b\[\d+m)+)((?:[^\x1b]\1)*)/g,
          (_, look: string, rest: string) => look + rest.replaceAll(look, ''),
        );
      });
      return lines.join('\n');
    },
    styleAt(row, column) {
      const { active } = terminal.buffer;
      const cell = active.getLine(active.baseY + row)?.getCell(column);
      if (cell === undefined) return '';
      const letters = [
        cell.isBold() ? 'b' : '',
        cell.isDim() ? 'd' : '',
        cell.isUnderline() ? 'u' : '',
        cell.isInverse() ? 'r' : '',
        cell.isStrikethrough() ? 's' : '',
      ].join('');
      return cell.isFgDefault() ? letters : `${letters}${cell.getFgColor()}`;
    },
    get isAlternate() {
      return terminal.buffer.active.type === 'alternate';
    },
    get modesOn() {
      const on = new Set<number>();
      for (const [, numbers = '', way] of written.matchAll(/\x1b\[\?([\d;]+)([hl])/g)) {
        for (const number of numbers.split(';').map(Number)) {
          if (way === 'h') on.add(number);
          else on.delete(number);
        }
      }
      return [...on];
    },
    get written() {
      return written;
    },
    kill: () => child.stdin?.end(),
  };
}
