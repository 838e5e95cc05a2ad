import type { Warning } from '../../model/snapshot.js';

/** A table that is not there: the kernel was built without it, or its module is not loaded. */
export function absentTable(source: string): Warning {
  return { code: 'absent', message: `${source}: this kernel has no such table`, source };
}

/** A table without even its header: WSL 1 has such. */
export function emptyTable(source: string): Warning {
  return {
    code: 'empty',
    message: `${source}: empty, without even a header line: this system does not fill it`,
    source,
  };
}

/** Lines of a table that could not be read; `first` is the number of the first, counted from 1. */
export function malformedLines(source: string, count: number, first: number): Warning {
  return {
    code: 'malformed',
    message:
      count === 1
        ? `${source}: line ${first} left out: it could not be read`
        : `${source}: ${count} lines left out that could not be read, the first at line ${first}`,
    source,
  };
}
