import { isNetstatError, type NetstatError, reworded } from '../errors.ts';
import type { Host } from '../host.ts';
import { noNames } from '../model/report/names.ts';
import { sortKeyOf } from '../model/request/query.ts';
import type { FlagName, GivenFlags } from '../options/given-flags.ts';
import { type OwnText, ownFlags } from '../options/own-options.ts';
import { complain } from './complain.ts';

const variable = 'TSNETSTAT_OPTIONS';

/**
 * The user's own default options: those of the file, then those of TSNETSTAT_OPTIONS; null: there are none.
 * @throws NetstatError `usage` for an invalid option
 */
export async function ownOptions(host: Host): Promise<GivenFlags | null> {
  const texts: OwnText[] = [];
  const path = ownFile(host);
  const file = path === null ? null : host.readOwn(path);
  if (path !== null && file !== null) {
    if (file.text === null)
      complain(host, `${path}: not read: ${file.refusal}; --no-config leaves it out`);
    else texts.push({ name: path, text: file.text, hasLines: true });
  }
  const text = host.env[variable];
  if (text !== undefined) texts.push({ name: variable, text, hasLines: false });
  if (texts.length === 0) return null;
  try {
    const flags = ownFlags(texts, host.platform);
    if (!flags.has('columns') && !flags.has('sort')) return flags;
    return ownFlags(texts, host.platform, await rowsCheck());
  } catch (error) {
    if (!isNetstatError(error)) throw error;
    throw reworded(error, `${error.summary} (--no-config leaves it out)`);
  }
}

/** A check of columns and sort keys, which must be those of sockets; its modules are loaded only if there are any. */
async function rowsCheck(): Promise<(flags: GivenFlags) => void> {
  const { pickColumns } = await import('../attributes/index.ts');
  const { compileSort } = await import('../select/sort.ts');
  return (flags) => {
    if (flags.has('columns')) pickColumns('sockets', flags.values('columns'));
    if (flags.has('sort')) compileSort(flags.values('sort'), noNames);
  };
}

/**
 * Behind the message for what is not provided here: where it comes from and how to leave it out, if it is own options
 * that ask for it, by a flag, a column or a sort key; otherwise an empty text.
 */
export function ownHint(
  { code, path }: NetstatError,
  own: GivenFlags,
  argv: readonly string[],
): string {
  if (code !== 'unsupported' || path === null) return '';
  if (argv.some((word) => word.includes(path))) return '';
  const names = [...own.values('columns'), ...own.values('sort').map((key) => sortKeyOf(key).name)];
  const isOwn =
    names.includes(path) || (path.startsWith('--') && own.has(path.slice(2) as FlagName));
  return isOwn ? ' (asked for by your own options; --no-config leaves them out)' : '';
}

/** The file's path: in the XDG base directory, on Windows in the roaming folder. null: there is none. */
function ownFile({ env, platform }: Host): string | null {
  if (platform === 'win32') {
    return env.APPDATA ? `${env.APPDATA}\\tsnetstat\\options` : null;
  }
  // The XDG Base Directory Specification says to ignore relative paths.
  const { XDG_CONFIG_HOME: folder, HOME: home } = env;
  if (folder?.startsWith('/')) return `${folder}/tsnetstat/options`;
  return home?.startsWith('/') ? `${home}/.config/tsnetstat/options` : null;
}
