/** Makes batches of messages: none has messages of two reads. */
export interface Collector<Batch extends { readonly length: number }> {
  /** Bytes of the shortest message that is a socket. */
  readonly least: number;
  /** Messages of the longest batch. */
  readonly most: number;
  /** A batch begins: the one before is no longer needed. */
  begin(): void;
  /** The socket at a place of what was read: its header, whose length is known to be there. */
  add(at: number, end: number): void;
  /** Those that were added. */
  batch(): Batch;
}
