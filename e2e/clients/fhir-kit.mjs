// A day of fhir-kit-client at a FHIR endpoint: node fhir-kit.mjs BASE
import assert from 'node:assert/strict';
import { Client } from 'fhir-kit-client';
import { finish, ids, refused, step } from './checks.mjs';

const baseUrl = process.argv[2];
const client = new Client({ baseUrl });
const head = (resource) => Client.httpFor(resource).response;
let patient;

await step('capabilities', async () => {
  const statement = await client.capabilityStatement();
  assert.equal(statement.fhirVersion, '4.0.1');
  const of = statement.rest[0].resource.find((r) => r.type === 'Patient');
  assert.ok(of.searchParam.some((p) => p.name === 'family'));
});

await step('create', async () => {
  patient = await client.create({ resourceType: 'Patient', body: { resourceType: 'Patient', name: [{ family: 'Kit', given: ['Ada'] }], birthDate: '1970-01-01' } });
  assert.equal(patient.meta.versionId, '1');
  assert.equal(head(patient).status, 201);
  assert.equal(head(patient).headers.get('location'), `${baseUrl}/Patient/${patient.id}/_history/1`);
});

await step('read, vread', async () => {
  const read = await client.read({ resourceType: 'Patient', id: patient.id });
  assert.deepEqual({ ...read }, { ...patient });
  assert.equal(head(read).headers.get('etag'), 'W/"1"');
  const version = await client.vread({ resourceType: 'Patient', id: patient.id, version: '1' });
  assert.equal(version.name[0].family, 'Kit');
  const e = await refused(() => client.read({ resourceType: 'Patient', id: 'nobody' }));
  assert.equal(e.response.status, 404);
  assert.equal(e.response.data.resourceType, 'OperationOutcome');
});

await step('update, and a conflict', async () => {
  const changed = { ...patient, gender: 'female' };
  const updated = await client.update({ resourceType: 'Patient', id: patient.id, body: changed, options: { headers: { 'If-Match': 'W/"1"' } } });
  assert.equal(updated.meta.versionId, '2');
  const e = await refused(() =>
    client.update({ resourceType: 'Patient', id: patient.id, body: changed, options: { headers: { 'If-Match': 'W/"1"' } } }));
  assert.equal(e.response.status, 412);
  assert.match(JSON.stringify(e.response.data), /conflict/);
});

await step('conditional update', async () => {
  const identifier = [{ system: 'https://kit.example/mrn', value: '1' }];
  const body = { resourceType: 'Patient', identifier, name: [{ family: 'Upsert' }] };
  const searchParams = { identifier: 'https://kit.example/mrn|1' };
  const first = await client.update({ resourceType: 'Patient', searchParams, body });
  assert.equal(head(first).status, 201);
  const second = await client.update({ resourceType: 'Patient', searchParams, body: { ...body, active: true } });
  assert.deepEqual([second.id, second.meta.versionId, second.active], [first.id, '2', true]);
});

await step('patch', async () => {
  const patched = await client.patch({
    resourceType: 'Patient', id: patient.id,
    jsonPatch: [{ op: 'replace', path: '/birthDate', value: '1971-02-03' }],
  });
  assert.deepEqual([patched.birthDate, patched.meta.versionId], ['1971-02-03', '3']);
});

await step('search: type, posted, system, compartment', async () => {
  const family = 'Kit';
  assert.deepEqual(ids(await client.search({ resourceType: 'Patient', searchParams: { family, birthdate: 'ge1971' } })), [patient.id]);
  const posted = { resourceType: 'Patient', searchParams: { family }, options: { postSearch: true } };
  assert.deepEqual(ids(await client.search(posted)), [patient.id]);
  const system = await client.search({ searchParams: { _type: 'Patient,Practitioner', _id: patient.id } });
  assert.deepEqual(ids(system), [patient.id]);
  const within = await client.search({
    resourceType: 'Observation', compartment: { resourceType: 'Patient', id: 'p2' }, searchParams: { _total: 'accurate', _count: 3 },
  });
  assert.equal(within.entry.length, 3);
  assert.ok(within.total > 3);
  assert.ok(within.entry.every((e) => e.resource.subject.reference.endsWith('Patient/p2')));
  const e = await refused(() => client.search({ resourceType: 'Patient', searchParams: { famliy: 'x' } }));
  assert.equal(e.response.status, 400);
  assert.match(JSON.stringify(e.response.data), /family/);
});

await step('includes', async () => {
  const bundle = await client.search({
    resourceType: 'Observation', searchParams: { subject: 'Patient/p2', _count: 2, _include: 'Observation:subject' },
  });
  assert.deepEqual(bundle.entry.map((e) => e.search.mode), ['match', 'match', 'include']);
  assert.equal(bundle.entry[2].resource.id, 'p2');
});

await step('pages to the end and back', async () => {
  const searchParams = { subject: 'Patient/p2', _sort: '-date', _count: 7 };
  const whole = ids(await client.search({ resourceType: 'Observation', searchParams: { ...searchParams, _count: 1000 } }));
  const pages = [];
  for (let page = await client.search({ resourceType: 'Observation', searchParams }); page; page = await client.nextPage({ bundle: page })) pages.push(page);
  assert.ok(pages.length > 2);
  assert.deepEqual(pages.flatMap(ids), whole);
  let back = pages.at(-1);
  for (let i = pages.length - 2; i >= 0; i--) {
    back = await client.prevPage({ bundle: back });
    assert.deepEqual(ids(back), ids(pages[i]));
  }
});

await step('operations', async () => {
  const everything = await client.operation({ name: 'everything', resourceType: 'Patient', id: 'p2', method: 'get' });
  assert.equal(everything.entry[0].resource.id, 'p2');
  assert.ok(everything.entry.length > 10);
  const outcome = await client.operation({ name: 'validate', resourceType: 'Patient', input: { resourceType: 'Patient', gender: 'x' } });
  assert.equal(outcome.resourceType, 'OperationOutcome');
  assert.ok(outcome.issue.some((i) => i.severity === 'error'));
});

await step('resolve', async () => {
  const found = await client.resolve({ reference: `Patient/${patient.id}` });
  assert.equal(found.id, patient.id);
});

const entry = (method, url, resource) => ({ fullUrl: resource?.fullUrl, resource: resource?.body, request: { method, url } });

await step('transaction', async () => {
  const fullUrl = 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a';
  const observation = { resourceType: 'Observation', status: 'final', code: { text: 'x' }, subject: { reference: fullUrl } };
  const answer = await client.transaction({
    body: {
      resourceType: 'Bundle', type: 'transaction',
      entry: [
        entry('POST', 'Observation', { fullUrl: 'urn:uuid:88f151c0-a954-468a-88bd-5ae15c08e059', body: observation }),
        entry('POST', 'Patient', { fullUrl, body: { resourceType: 'Patient', name: [{ family: 'Bundled' }] } }),
        entry('GET', `Patient/${patient.id}`),
      ],
    },
  });
  assert.equal(answer.type, 'transaction-response');
  assert.deepEqual(answer.entry.map((e) => e.response.status.slice(0, 3)), ['201', '201', '200']);
  const [where] = answer.entry[0].response.location.match(/Observation\/[^/]+/);
  const made = await client.read({ resourceType: 'Observation', id: where.split('/')[1] });
  assert.match(answer.entry[1].response.location, new RegExp(made.subject.reference));
  const broken = { resourceType: 'Bundle', type: 'transaction', entry: [
    entry('PUT', 'Patient/kept-out', { body: { resourceType: 'Patient', id: 'kept-out' } }),
    entry('POST', 'Patient', { body: { resourceType: 'Patient', gender: 'x' } }),
  ] };
  assert.ok((await refused(() => client.transaction({ body: broken }))).response.status >= 400);
  assert.equal((await refused(() => client.read({ resourceType: 'Patient', id: 'kept-out' }))).response.status, 404);
});

await step('batch', async () => {
  const answer = await client.batch({
    body: { resourceType: 'Bundle', type: 'batch', entry: [entry('GET', `Patient/${patient.id}`), entry('GET', 'Patient/nobody'), entry('GET', 'Patient?family=Kit')] },
  });
  assert.deepEqual(answer.entry.map((e) => e.response.status.slice(0, 3)), ['200', '404', '200']);
  assert.equal(answer.entry[2].resource.type, 'searchset');
});

await step('delete, history', async () => {
  await client.delete({ resourceType: 'Patient', id: patient.id });
  assert.equal((await refused(() => client.read({ resourceType: 'Patient', id: patient.id }))).response.status, 410);
  const history = await client.history({ resourceType: 'Patient', id: patient.id });
  assert.deepEqual(history.entry.map((e) => e.request.method), ['DELETE', 'PUT', 'PUT', 'POST']);
  assert.equal((await client.history({ resourceType: 'Patient' })).type, 'history');
  assert.equal((await client.history()).type, 'history');
});

finish();
