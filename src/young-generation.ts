import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** A size in bytes, of both halves, that is enough for the garbage of a chunk of rows. */
const enough = 4 * 1024 * 1024;
/** From so many rows on it stays as big as it is. */
const veryMany = 32_768;

/**
 * Keeps V8's young generation from growing once it has 4 MiB, or there are very many rows. By itself it grows to
 * 32 MiB, which is a quarter of the memory of a listing of 100,000 sockets; what is made of rows is garbage soon, so
 * that a small one takes about as long. V8 takes a limit only when it starts, on Node's own command line; the factor
 * of growth may be set at any time. It is that of the whole process, so only the program does this, not the library.
 */
export function boundYoungGeneration(rows: number): void {
  try {
    const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    if (space === undefined || (space.space_size < enough && rows < veryMany)) return;
    setFlagsFromString('--semi-space-growth-factor=1');
  } catch {
    // Not V8: the executables' engine.
  }
}
