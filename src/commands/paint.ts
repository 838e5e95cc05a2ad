import type { Host } from '../host.ts';
import type { ColorMode } from '../model/request/view.ts';
import { colorLevel } from '../views/text/color-level.ts';
import type { Paint } from '../views/text/paint.ts';

/** Colours for standard output, loaded only if needed; null: no colours. */
export async function paintFor(
  color: ColorMode,
  { env, stdout }: Pick<Host, 'env' | 'stdout'>,
): Promise<Paint | null> {
  const level = colorLevel(color, env, stdout.isTerminal);
  return level === 0 ? null : (await import('../views/text/chalk-paint.ts')).chalkPaint(level);
}
