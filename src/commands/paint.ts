import type { Host } from '../host.ts';
import type { View } from '../model/request/view.ts';
import { colorLevel } from '../views/text/color-level.ts';
import type { Paint } from '../views/text/paint.ts';

/** Colours for standard output, loaded only if needed; null: no colours. `format`: as `colorLevel` takes it. */
export async function paintFor(
  { color, format }: Pick<View, 'color'> & { readonly format: View['format'] | null },
  { env, stdout }: Pick<Host, 'env' | 'stdout'>,
): Promise<Paint | null> {
  const level = colorLevel({ mode: color, format }, env, stdout.isTerminal);
  return level === 0 ? null : (await import('../views/text/chalk-paint.ts')).chalkPaint(level);
}
