import type { WarningSink } from '../source.ts';

/** The layout of a table: a DWORD count, then rows of one size. */
export interface TableLayout {
  /** The Windows function that returns the table, for messages. */
  readonly source: string;
  /** Offset of the first row: 4, or 8 if rows have 8-byte members. */
  readonly firstRow: number;
  readonly rowSize: number;
}

/** Yields the offset of every complete row in `table`. If the count is larger, warns how many are missing. */
export function* rowOffsets(
  table: Buffer,
  layout: TableLayout,
  warnings: WarningSink,
): Generator<number> {
  const claimed = table.length < 4 ? 0 : table.readUInt32LE(0);
  const room = Math.max(0, Math.floor((table.length - layout.firstRow) / layout.rowSize));
  const count = Math.min(claimed, room);
  for (let row = 0; row < count; row++) yield layout.firstRow + row * layout.rowSize;
  if (table.length < 4) malformed(warnings, layout, 'its table is too short to hold a count');
  else if (claimed > room)
    malformed(warnings, layout, `only ${room} of its ${claimed} rows were returned`);
}

function malformed(warnings: WarningSink, layout: TableLayout, what: string): void {
  warnings.warn({
    code: 'malformed',
    message: `${layout.source}: ${what}`,
    source: layout.source,
  });
}
