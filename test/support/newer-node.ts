const runsTypeScript = 'typescript' in process.features && Boolean(process.features.typescript);

/** A Node that runs TypeScript as it is: this one, or the one that $TSNETSTAT_NEWER_NODE names. */
export const newerNode: string | null = runsTypeScript
  ? process.execPath
  : process.env.TSNETSTAT_NEWER_NODE || null;

/** What must be there to use it, with what to do when it is not (for `reasonToSkip`). */
export const newerNodeFiles: Readonly<Record<string, string>> = {
  [newerNode ?? 'Node 22.18 or newer']: '$TSNETSTAT_NEWER_NODE names one',
};
