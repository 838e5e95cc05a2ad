import type { Host } from '../host.ts';
import { helpText, shortHelpText } from '../options/help.ts';
import type { Task } from '../options/index.ts';
import { usageError } from '../options/usage.ts';
import { paintFor } from './paint.ts';

/**
 * -h, --help, and --help TOPIC
 * @throws NetstatError `usage` if the pager cannot be started
 */
export async function help(
  { whole, topic, paged, color }: Extract<Task, { kind: 'help' }>,
  { stdout, env, page, platform }: Pick<Host, 'stdout' | 'env' | 'page' | 'platform'>,
): Promise<void> {
  const paint = await paintFor({ color, format: null }, { env, stdout });
  const text =
    topic === null
      ? (whole ? helpText : shortHelpText)(paint ?? undefined, platform)
      : (await import('./help-topic.ts')).topicText(topic, paint);
  if (!paged || !stdout.isTerminal) {
    stdout.write(text);
    return;
  }
  const command = (env.PAGER ?? '').split(/\s+/).filter((word) => word !== '');
  const pager = command.length === 0 ? ['less'] : command;
  const failure = await page(text, pager);
  if (failure !== null) {
    throw usageError(
      `--pager: ${pager[0]} cannot be run (${failure}); set PAGER to a program that can`,
    );
  }
}
