import type { Row } from '../../model/report/snapshot.ts';
import type { Owner } from '../../model/socket/owner.ts';

/** Characters of a command line that are written with every row: Linux before 4.2 had no longer ones. */
const ordinaryCommandLine = 4096;

/**
 * Characters of longer command lines in all rows of a listing together: each is written with every socket of its
 * process, and processes can share thousands.
 */
const repeatedText = 16 * 1024 * 1024;

/**
 * Returns what each row of a listing, or of a round, passes through when it is written: as soon as its longer command
 * lines would exceed their room, they are cut to the ordinary length. Only text is bounded: what is read is whole, for filters.
 */
export function boundedCommandLines(): <R extends Row>(row: R) => R {
  let room = repeatedText;

  function bounded(owner: Owner): Owner {
    if (!isLong(owner)) return owner;
    const { commandLine } = owner;
    room -= commandLine.length;
    if (room >= 0) return owner;
    const start = commandLine.slice(0, ordinaryCommandLine).replace(/[\ud800-\udbff]$/, '');
    return { ...owner, commandLine: start, commandTruncated: true };
  }

  return (row) => {
    if (!('owners' in row)) return row;
    const { owners, peer } = row;
    if (owners?.some(isLong) !== true && peer?.owners.some(isLong) !== true) return row;
    const written = { ...row, owners: owners?.map(bounded) ?? null };
    return peer ? { ...written, peer: { ...peer, owners: peer.owners.map(bounded) } } : written;
  };
}

function isLong(owner: Owner): owner is Owner & { readonly commandLine: string } {
  return owner.commandLine !== null && owner.commandLine.length > ordinaryCommandLine;
}
