import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** The size of both halves in bytes; enough for the garbage of a chunk of rows. */
const enough = 4 * 1024 * 1024;
/** From this many rows on it stops growing, whatever its size. */
const veryMany = 32_768;

/**
 * Stops the growth of V8's young generation once it has 4 MiB, or there are very many rows. By default it grows to
 * 32 MiB, a quarter of the memory of a listing of 100,000 sockets; most objects made of rows are soon garbage, so
 * a small one takes about as long. V8 accepts a limit only at its start, on Node's command line, but the growth
 * factor at any time. It is a setting of the whole process, so only the program changes it, not the library.
 */
export function boundYoungGeneration(rows: number): void {
  try {
    const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    if (space === undefined || (space.space_size < enough && rows < veryMany)) return;
    setFlagsFromString('--semi-space-growth-factor=1');
  } catch {
    // Not V8 but the executables' engine.
  }
}
