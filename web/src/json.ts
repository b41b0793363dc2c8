// Source-text access in JSON.parse and JSON.rawJSON are newer than the
// library typings; where a browser lacks them, numbers are plain doubles.
type Reviver = (this: unknown, key: string, value: unknown, context?: { source?: string }) => unknown;
type RawJSON = { rawJSON?: (text: string) => unknown };

const rawJSON = (JSON as unknown as RawJSON).rawJSON;

/** A reviver for JSON.parse that keeps the digits of numbers. */
export const keepDigits: Reviver = (_key, value, context) => {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined || rawJSON === undefined) return value;
  return String(value) === source ? value : rawJSON(source);
};

/**
 * Parses JSON so that printing it again gives every number's own digits: a
 * FHIR decimal 1.50 stays 1.50, where a double would say 1.5.
 */
export function parseExact(text: string): unknown {
  return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown);
}
