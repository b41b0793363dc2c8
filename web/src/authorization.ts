/** The header that carries a bearer key; none for an empty key. */
export function authorization(key: string): Record<string, string> {
  return key === '' ? {} : { authorization: `Bearer ${key}` };
}
