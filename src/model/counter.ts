/** One counter of a protocol, under the name its MIB gives it. */
export interface Counter {
  /** The group that the kernel lists it under: `Ip`, `Icmp`, `Tcp`, `Udp`, `Ip6`, `TcpExt` … */
  readonly group: string;
  /** MIB name: `InSegs`, `RetransSegs` … */
  readonly name: string;
  /** Since boot, or since the network namespace was made. Counters past 2^53 lose their last digits. */
  readonly value: number;
  /** A count only grows; a gauge is a present value (`CurrEstab`) or a setting (`RtoMin`, in ms). */
  readonly kind: 'count' | 'gauge';
  /** What it counts, in plain words; null for a counter that this version has no text for. */
  readonly meaning: string | null;
}
