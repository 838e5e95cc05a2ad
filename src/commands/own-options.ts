import { isNetstatError, NetstatError } from '../errors.ts';
import type { Host } from '../host.ts';
import { noNames } from '../model/names.ts';
import type { GivenFlags } from '../options/given-flags.ts';
import { ownOptionsCount } from '../options/own-flags.ts';
import { type OwnText, ownFlags } from '../options/own-options.ts';
import { complain } from './complain.ts';

const variable = 'TSNETSTAT_OPTIONS';

/**
 * The options that are always wanted: those of the file, then those of TSNETSTAT_OPTIONS; null: none that
 * count.
 * @throws NetstatError `usage` for a mistake in them
 */
export async function ownOptions(argv: readonly string[], host: Host): Promise<GivenFlags | null> {
  if (!ownOptionsCount(argv, host.stdout.isTerminal)) return null;
  const texts: OwnText[] = [];
  const path = ownFile(host);
  const file = path === null ? null : (host.readOwn?.(path) ?? null);
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
    throw new NetstatError('usage', `${error.summary} (--no-config leaves it out)`);
  }
}

/** Columns and sort keys that are always wanted are those of sockets: what knows them is loaded where there are some. */
async function rowsCheck(): Promise<(flags: GivenFlags) => void> {
  const { pickColumns } = await import('../attributes/index.ts');
  const { compileSort } = await import('../select/sort.ts');
  return (flags) => {
    if (flags.has('columns')) pickColumns('sockets', flags.values('columns'));
    if (flags.has('sort')) compileSort(flags.values('sort'), noNames);
  };
}

/** Where the file is: the XDG base directories, on Windows the roaming folder. null: nowhere. */
function ownFile({ env, platform }: Host): string | null {
  if (platform === 'win32') {
    return env.APPDATA ? `${env.APPDATA}\\tsnetstat\\options` : null;
  }
  // A path that is not absolute is to be passed over (XDG Base Directory Specification).
  const { XDG_CONFIG_HOME: folder, HOME: home } = env;
  if (folder?.startsWith('/')) return `${folder}/tsnetstat/options`;
  return home?.startsWith('/') ? `${home}/.config/tsnetstat/options` : null;
}
