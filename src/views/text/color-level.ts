import type { ColorMode, Format } from '../../model/request/view.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** How many colours the output may have; 0: none, 1: 16, 2: 256, 3: 16 million. */
export type ColorLevel = 0 | 1 | 2 | 3;

/** What colours are asked for. */
interface Asked {
  readonly mode: ColorMode;
  /** The layout; null: text that no listing is, such as the help. */
  readonly format: Format | null;
}

/**
 * Whether to colour, and with how many colours. `--color` always or never decides; else FORCE_COLOR (0 to 3, or any
 * word for yes), then NO_COLOR (https://no-color.org), then whether it is a terminal. Scripts cut up netstat's layout,
 * and a CI sets FORCE_COLOR for all that they run: in a pipe or a file, it leaves that layout as it is.
 */
export function colorLevel({ mode, format }: Asked, env: Env, isTerminal: boolean): ColorLevel {
  if (mode === 'never') return 0;
  const forced = forcedLevel(env);
  if (mode === 'always') return forced || terminalLevel(env) || 1;
  if (!isTerminal && format === 'netstat') return 0;
  if (forced !== null) return forced;
  if (env.NO_COLOR) return 0;
  return isTerminal ? terminalLevel(env) : 0;
}

/** The level that FORCE_COLOR asks for; null: none, as if it is empty. */
function forcedLevel(env: Env): ColorLevel | null {
  const value = env.FORCE_COLOR ?? '';
  if (value === '') return null;
  if (value === '0' || value === 'false') return 0;
  if (value === '1' || value === '2' || value === '3') return Number(value) as ColorLevel;
  return terminalLevel(env) || 1;
}

function terminalLevel({ TERM, COLORTERM, WT_SESSION }: Env): ColorLevel {
  if (TERM === 'dumb') return 0;
  if (COLORTERM === 'truecolor' || COLORTERM === '24bit' || WT_SESSION !== undefined) return 3;
  return TERM !== undefined && /256/.test(TERM) ? 2 : 1;
}
