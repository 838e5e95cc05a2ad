/** Fields that count with 64 bits: a number of more than 15 digits would lose some of them. */
const counters = [
  ...['bytes', 'packets', 'errors', 'dropped', 'overruns', 'frameOrCarrier', 'collisions'],
  ...['multicast', 'compressedReceived', 'compressedSent', 'bytesSent', 'bytesAcked'],
  ...['bytesReceived', 'bytesRetransmitted', 'cookie', 'value'],
];

/** Such a field. In a text of JSON's there is no bare quote, so that it stands nowhere else. */
const longCounter = new RegExp(
  `("(?:${counters.join('|')})"\\s*:\\s*)(-?\\d{16,20})(?=[\\s,}])`,
  'g',
);

/**
 * An answer in JSON as values; long counters are texts, of which the shapes make bigints.
 * @throws SyntaxError where it is no JSON
 */
export function exactValues(content: string): unknown {
  return JSON.parse(content.replace(longCounter, '$1"$2"'));
}
