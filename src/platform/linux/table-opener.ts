import type { EarlyTable, Proc, TableFile, TableHints } from './proc.js';

/** A table to open: where it is under /proc, and what is known of it. */
export interface TableOrder {
  readonly path: string;
  readonly hints: TableHints;
}

/** Opens tables that are read one after another. */
export interface TableOpener {
  /**
   * Opens a table. `next`: the one that is opened after it, and worth having its beginning read in the
   * meantime.
   * @throws the error of the system call
   */
  open(table: TableOrder, next?: TableOrder): Promise<TableFile>;
  /** Closes what was begun and not asked for. */
  close(): Promise<void>;
}

/** An opener of tables under `proc`. */
export function tableOpener(proc: Proc): TableOpener {
  let begun: { readonly path: string; readonly table: EarlyTable } | null = null;
  return {
    async open({ path, hints }, next) {
      const early = begun?.path === path ? begun.table : null;
      if (early !== null) begun = null;
      const file = early === null ? proc.openTable(path, hints) : await early.opened();
      if (next !== undefined && proc.openTableEarly !== undefined) {
        begun = { path: next.path, table: proc.openTableEarly(next.path, next.hints) };
      }
      return file;
    },
    async close() {
      const left = begun;
      begun = null;
      // Where it could not be opened, there is nothing to close.
      const file = await left?.table.opened().catch(() => null);
      file?.close();
    },
  };
}
