/**
 * Where a query goes. The query says so itself, in a line of the comment that it begins with:
 *
 *     # endpoint: /fhir/$graphql
 *
 * and goes to /graphql without one. So the endpoint is kept with the tab, comes back out of the history and is copied with the text.
 */
export type Endpoint = { kind: 'strict' } | { kind: 'dialect' } | { kind: 'instance'; type: string; id: string };

/** The endpoint of a text that names none. */
export const STRICT: Endpoint = { kind: 'strict' };

const LINE = /^# endpoint: \/fhir(?:\/([^/\s]*)\/([^/\s]*))?\/\$graphql[ \t]*$/;

/** The endpoint that a query names. */
export function endpointOf(query: string): Endpoint {
  for (const line of leadingComment(query)) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const [, type, id] = match;
    return type === undefined || id === undefined ? { kind: 'dialect' } : { kind: 'instance', type, id };
  }
  return STRICT;
}

/** The number of the line that names the endpoint, from 1; null when there is none. */
export function endpointLine(query: string): number | null {
  const index = leadingComment(query).findIndex((line) => LINE.test(line));
  return index < 0 ? null : index + 1;
}

/** The line that names an endpoint; null for the one that needs none. */
export function lineOf(endpoint: Endpoint): string | null {
  return endpoint.kind === 'strict' ? null : `# endpoint: ${pathOf(endpoint)}`;
}

/** The endpoint's path as people write it, below the gateway's address. */
export function pathOf(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case 'strict':
      return '/graphql';
    case 'dialect':
      return '/fhir/$graphql';
    case 'instance':
      return `/fhir/${endpoint.type}/${endpoint.id}/$graphql`;
  }
}

/** The address to ask, relative to the page; it throws an Error that says what is missing of it. */
export function addressOf(endpoint: Endpoint): string {
  if (endpoint.kind !== 'instance') return pathOf(endpoint).slice(1);
  const { type, id } = endpoint;
  if (type === '' || id === '') throw new Error('Give the type and the id of the resource that the query starts in.');
  return `fhir/${encodeURIComponent(type)}/${encodeURIComponent(id)}/$graphql`;
}

function leadingComment(query: string): string[] {
  const lines = query.split(/\r?\n/);
  const end = lines.findIndex((line) => line.trim() !== '' && !line.startsWith('#'));
  return end < 0 ? lines : lines.slice(0, end);
}
