/** A JSON object, whose fields may have any values. */
export type JsonObject = Record<string, unknown>;

/** Whether a value parsed from JSON is an object: neither a list nor null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
