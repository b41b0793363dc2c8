// A stand-in for the gateway, for work on the page alone. It has a small
// schema in the gateway's manner and a handful of made-up resources; it does
// not search. Tests run against the real program.
import { readFile } from 'node:fs/promises';
import { buildSchema, graphql, introspectionFromSchema } from 'graphql';

const schema = buildSchema(await readFile(new URL('schema.graphql', import.meta.url), 'utf8'));

const FAMILIES = ['Abara', 'Brandt', 'Чехов', 'Dąbrowski', '江口', 'Fontaine'];

const patients = FAMILIES.map((family, i) => ({
  __typename: 'Patient',
  nodeId: `Patient/p${i}`,
  id: `p${i}`,
  meta: { versionId: '1', lastUpdated: '2024-05-01T08:00:00Z' },
  identifier: [{ system: 'http://example.org/mrn', value: `${1000 + i}` }],
  name: [{ use: 'official', text: `Test ${family}`, family, given: ['Test'] }],
  telecom: [{ system: 'phone', value: `555-010${i}` }],
  gender: i % 2 ? 'male' : 'female',
  birthDate: `19${60 + i}-03-0${i + 1}`,
  address: [{ line: ['1 Example Street'], city: 'Springfield', postalCode: '01234', country: 'US' }],
  ObservationList: ({ _count = 2 }) => Array.from({ length: Math.min(_count, 3) }, (_, n) => observation(i, n)),
}));

function observation(i, n) {
  return {
    __typename: 'Observation',
    nodeId: `Observation/o${i}-${n}`,
    id: `o${i}-${n}`,
    status: 'final',
    effectiveDateTime: `2023-0${n + 1}-11`,
    code: { text: 'Body Height', coding: [{ system: 'http://loinc.org', code: '8302-2', display: 'Body height' }] },
    valueQuantity: { value: 170.25 + n, unit: 'cm' },
    subject: { reference: `Patient/p${i}` },
    encounter: {
      reference: `Encounter/e${i}-${n}`,
      resource: { __typename: 'Encounter', nodeId: `Encounter/e${i}-${n}`, id: `e${i}-${n}`, status: 'finished', period: {} },
    },
  };
}

const root = {
  version: 'dev',
  stores: [{ name: 'stub', role: 'primary', health: { status: 'up' } }],
  counts: [{ type: 'Patient', count: patients.length }],
  Patient: ({ id }) => patients.find((p) => p.id === id) ?? null,
  PatientList: ({ _count = patients.length }) => patients.slice(0, _count),
  ObservationList: () => patients.map((_, i) => observation(i, 0)),
  PatientConnection: ({ first = 50 }) => ({
    count: patients.length,
    edges: patients.slice(0, first).map((node) => ({ cursor: node.id, node })),
    pageInfo: { hasNextPage: patients.length > first, endCursor: patients.at(first - 1)?.id },
  }),
};

/** Answers /graphql and /graphql/schema.json; the address comes without /graphql. */
export async function answer(request, response) {
  if (request.url.startsWith('/schema.json')) {
    return send(response, { data: introspectionFromSchema(schema) });
  }
  const chunks = await collect(request);
  const { query, variables, operationName } = JSON.parse(Buffer.concat(chunks).toString());
  const result = await graphql({ schema, source: query, rootValue: root, variableValues: variables, operationName });
  const mode = request.headers['x-heliograph-explain'];
  return send(response, mode ? { ...result, extensions: { explain: { mode, plan: explain(mode) } } } : result);
}

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

function explain(mode) {
  const cost = (ms) => (mode === 'analyze' ? `   ${ms} ms` : '');
  return [
    `hydrate Patient  stub${cost(0.31)}`,
    `└─ page  count=5${cost(0.02)}`,
    `   └─ sort  family asc${cost(0.04)}`,
    `      └─ scan Patient  stub, 6 rows${cost(0.12)}`,
  ].join('\n');
}

function send(response, body) {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}
