/**
 * The fields with 64-bit counters, by what they belong to: as a number, one of more than 15 digits would lose
 * precision.
 */
export const exactFields = {
  traffic: ['bytes', 'packets', 'errors', 'dropped', 'overruns', 'frameOrCarrier'],
  interface: ['collisions', 'multicast', 'compressedReceived', 'compressedSent'],
  tcpInfo: ['bytesSent', 'bytesAcked', 'bytesReceived', 'bytesRetransmitted'],
  socketInfo: ['cookie'],
  counter: ['value'],
} as const;

const names = Object.values(exactFields).flat();

/** The name of a field that is parsed exactly. */
export type ExactField = (typeof names)[number];

/** Such a field with a long number. JSON strings contain no bare quote, so it matches nowhere else. */
const longCounter = new RegExp(`("(?:${names.join('|')})"\\s*:\\s*)(-?\\d{16,20})(?=[\\s,}])`, 'g');

/**
 * Parses an answer in JSON. Long counters become strings, which the shapes turn into bigints.
 * @throws SyntaxError if it is not JSON
 */
export function exactValues(content: string): unknown {
  return JSON.parse(content.replace(longCounter, '$1"$2"'));
}
