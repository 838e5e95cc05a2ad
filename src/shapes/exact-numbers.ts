/** Fields with 64-bit counters: as a number, one of more than 15 digits would lose precision. */
const counters = [
  ...['bytes', 'packets', 'errors', 'dropped', 'overruns', 'frameOrCarrier', 'collisions'],
  ...['multicast', 'compressedReceived', 'compressedSent', 'bytesSent', 'bytesAcked'],
  ...['bytesReceived', 'bytesRetransmitted', 'cookie', 'value'],
];

/** Such a field with a long number. JSON strings contain no bare quote, so it matches nowhere else. */
const longCounter = new RegExp(
  `("(?:${counters.join('|')})"\\s*:\\s*)(-?\\d{16,20})(?=[\\s,}])`,
  'g',
);

/**
 * Parses an answer in JSON. Long counters become strings, which the shapes turn into bigints.
 * @throws SyntaxError if it is not JSON
 */
export function exactValues(content: string): unknown {
  return JSON.parse(content.replace(longCounter, '$1"$2"'));
}
