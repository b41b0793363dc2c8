// What a cache that keys by "id" mixes up: two types and two versions with one id, contained resources, elements with ids.
import assert from 'node:assert/strict';

export async function post(url, body, headers = {}) {
  const answer = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) });
  return answer.json();
}

async function put(base, resource) {
  const answer = await fetch(`${base}/fhir/${resource.resourceType}/${resource.id}`, {
    method: 'PUT', headers: { 'Content-Type': 'application/fhir+json' }, body: JSON.stringify(resource),
  });
  assert.ok(answer.ok, `PUT ${resource.resourceType}/${resource.id}: ${answer.status}`);
}

// seed stores what the query reads.
export async function seed(base) {
  const patient = (id, family, birthDate) => ({ resourceType: 'Patient', id, birthDate, name: [{ id: 'same', family }] });
  const observation = (id, status, family) => ({
    resourceType: 'Observation', id, status, code: { id: 'same', text: `code of ${id}` }, subject: { id: 'same', reference: '#same' },
    contained: [{ resourceType: 'Patient', id: 'same', name: [{ id: 'same', family }] }],
  });
  await put(base, patient('same', 'First', '1970-01-01'));
  await put(base, patient('same', 'Second', '1980-01-01'));
  await put(base, patient('other', 'Other', '1990-01-01'));
  await put(base, observation('same', 'final', 'Contained'));
  await put(base, observation('other', 'amended', 'Contained elsewhere'));
}

export const mixing = `query Mixing {
  live: Patient(id: "same") { nodeId id birthDate name { id family } }
  old: Patient(id: "same", version: "1") { nodeId id birthDate name { id family } }
  other: Patient(id: "other") { nodeId id birthDate name { id family } }
  observation: Observation(id: "same") { ...O }
  another: Observation(id: "other") { ...O }
}
fragment O on Observation {
  nodeId id status code { id text }
  contained { ... on Patient { nodeId id name { id family } } }
  subject { id resource { ... on Patient { nodeId id name { id family } } } }
}`;

// bare is an answer without what clients add.
export function bare(value) {
  if (Array.isArray(value)) return value.map(bare);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== '__typename').map(([key, member]) => [key, bare(member)]));
}

// recorded is fetch that notes what is sent.
export function recorded(requests) {
  return (input, init = {}) => {
    const url = new URL(String(input));
    requests.push({ method: init.method ?? 'GET', query: url.searchParams.get('query'), extensions: url.searchParams.get('extensions'), body: init.body && JSON.parse(init.body) });
    return fetch(input, init);
  };
}
