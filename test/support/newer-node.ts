const runsTypeScript = 'typescript' in process.features && Boolean(process.features.typescript);

/** A Node that runs TypeScript directly: this one, or the one in $TSNETSTAT_NEWER_NODE. */
export const newerNode: string | null = runsTypeScript
  ? process.execPath
  : process.env.TSNETSTAT_NEWER_NODE || null;

/** The files it needs, with what to do if they are missing (for `reasonToSkip`). */
export const newerNodeFiles: Readonly<Record<string, string>> = {
  [newerNode ?? 'Node 22.18 or newer']: '$TSNETSTAT_NEWER_NODE names one',
};
