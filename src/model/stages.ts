/**
 * Where the time of a run goes, for `--debug`. All time belongs to one stage, the one that was entered
 * last; a stage may be entered often. Code that is given none goes without.
 *
 *     const before = stages?.enter('names');                // from here on …
 *     if (before !== undefined) stages?.enter(before);      // … to here
 *     rows = stages?.timed('read', rows) ?? rows;           // the time of each pull, wherever it is pulled
 *
 * The names that the program uses: start, options, source, read, owners, names, sort, format, write,
 * wait (between rounds), and other for what nobody claims.
 */
export interface Stages {
  /** From now on the program is in this stage. Returns the stage that it was in, to go back to. */
  enter(stage: string): string;
  /** The same items; the time in which the next one is made belongs to `stage`. */
  timed<T>(stage: string, items: AsyncIterable<T>): AsyncIterable<T>;
}

/** Does some work in a stage of its own. */
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
