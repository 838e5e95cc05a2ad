/**
 * Measures where the time of a run goes, for `--debug`. All time belongs to the stage entered last; a stage may be
 * entered repeatedly. Without `--debug` code gets no `Stages`.
 *
 *     const before = stages?.enter('names');                // from here on …
 *     if (before !== undefined) stages?.enter(before);      // … to here
 *     rows = stages?.timed('read', rows) ?? rows;           // the time of each pull, wherever it is pulled
 *
 * Stages in use: start, options, source, read, owners, names, sort, format, write, wait (between rounds), and other
 * for everything else.
 */
export interface Stages {
  /** Enters a stage and returns the previous one, to go back to. */
  enter(stage: string): string;
  /** The same items; the time to produce each of them belongs to `stage`. */
  timed<T>(stage: string, items: AsyncIterable<T>): AsyncIterable<T>;
}

/** Runs `work` as a stage of its own. */
export async function inStage<T>(
  stages: Stages | undefined,
  stage: string,
  work: () => Promise<T>,
): Promise<T> {
  if (stages === undefined) return work();
  const before = stages.enter(stage);
  try {
    return await work();
  } finally {
    stages.enter(before);
  }
}
