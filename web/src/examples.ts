import { endpointLine, endpointOf, pathOf } from './endpoint';

const queries = import.meta.glob<string>('../examples/*.graphql', { query: '?raw', import: 'default', eager: true });
const variables = import.meta.glob<string>('../examples/*.variables.json', { query: '?raw', import: 'default', eager: true });

// The id in the examples' variables that stands for "any patient there is".
const ANY_ID = '"example"';
const ANY_ENDPOINT = '/fhir/Patient/example/$graphql';

// The examples that the tabs show at the first visit; the pane has all.
const FIRST = ['Patients', 'ReadById', 'Nested', 'Pages', 'Where', 'Write', 'Dialect', 'Instance', 'PatientChanges'];

/** An example query with the name, the comment and the endpoint that its file gives it. */
export interface Example {
  name: string;
  about: string;
  group: string;
  query: string;
  variables: string | null;
}

/** The examples in the order of their files' names. */
export const examples: readonly Example[] = Object.entries(queries).map(([path, query]) => ({
  name: /^(?:query|mutation|subscription) (\w+)/m.exec(query)?.[1] ?? path,
  about: aboutOf(query),
  group: groupOf(query),
  query,
  variables: variables[path.replace(/\.graphql$/, '.variables.json')] ?? null,
}));

/** The examples of the first tabs. */
export const firstExamples: readonly Example[] = examples.filter(({ name }) => FIRST.includes(name));

function aboutOf(query: string): string {
  const lines = (query.match(/^#.*$/gm) ?? []).filter((line) => endpointLine(line) === null);
  return lines.map((line) => line.replace(/^#\s?/, '')).join(' ');
}

function groupOf(query: string): string {
  if (/^subscription /m.test(query)) return 'Subscriptions';
  const groups = { strict: 'GraphQL, /graphql', dialect: 'FHIR’s dialect, /fhir/$graphql', instance: 'Inside one resource' };
  return groups[endpointOf(query).kind];
}

/** What a tab of GraphiQL starts with. */
export interface Tab {
  query: string;
  variables: string | null;
}

/** The example's tab, with its stand-in id replaced where one is known. */
export function exampleTab({ query, variables: values }: Example, patientId: string | null): Tab {
  if (patientId === null) return { query, variables: values };
  return {
    query: query.replace(ANY_ENDPOINT, () => pathOf({ kind: 'instance', type: 'Patient', id: patientId })),
    variables: values?.replace(ANY_ID, JSON.stringify(patientId)) ?? null,
  };
}

/**
 * The id of some patient, for the example that reads one; null when there is
 * none, or none within a second: the page does not wait for an example.
 */
export async function anyPatientId(): Promise<string | null> {
  try {
    const response = await fetch('graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ PatientList(_count: 1) { id } }' }),
      signal: AbortSignal.timeout(1000),
    });
    const body = (await response.json()) as { data?: { PatientList?: { id: string }[] | null } | null };
    return body.data?.PatientList?.[0]?.id ?? null;
  } catch {
    // The examples still open; reading one then asks for an id of the user.
    return null;
  }
}
