/** One end of an Internet socket. */
export interface Endpoint {
  /**
   * Canonical text without brackets: `192.0.2.7`, `::1` (RFC 5952), `::ffff:192.0.2.7` for an
   * IPv4-mapped address. `0.0.0.0` and `::` mean any.
   */
  readonly address: string;
  /** 0 means any. For raw sockets this is the IP protocol number on the local side. */
  readonly port: number;
  /**
   * The interface or scope that a link-local address belongs to; null if there is none or the platform does not
   * say.
   */
  readonly zone: string | null;
  /** Present if the platform shortened the address, so that it must not be taken for the whole one. */
  readonly cut?: true;
}
