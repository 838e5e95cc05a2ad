/** Makes batches of messages; a batch never spans two reads. */
export interface Collector<Batch extends { readonly length: number }> {
  /** The length of the shortest message that is a socket, in bytes. */
  readonly least: number;
  /** The most messages in a batch. */
  readonly most: number;
  /** Begins a batch: the one before is no longer needed. */
  begin(): void;
  /** Adds the socket at an offset of what was read: its header must be complete. */
  add(at: number, end: number): void;
  /** The batch of everything added. */
  batch(): Batch;
}
