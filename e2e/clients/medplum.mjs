// A day of @medplum/core at a FHIR endpoint: node medplum.mjs BASE
import assert from 'node:assert/strict';
import { finish, ids, refused, step } from './checks.mjs';

globalThis.WebSocket ??= class extends EventTarget {}; // Node 20 has none; the client wants the name and, without subscriptions, nothing of it
const { ClientStorage, MedplumClient, MemoryStorage } = await import('@medplum/core');

const url = new URL(process.argv[2]);
const client = new MedplumClient({
  baseUrl: url.origin + '/', fhirUrlPath: url.pathname.slice(1), cacheTime: 0, maxRetries: 0, fetch: (...a) => fetch(...a),
  storage: new ClientStorage(new MemoryStorage()),
});
const identifier = (value) => [{ system: 'https://plum.example/mrn', value }];
let patient;

await step('create', async () => {
  patient = await client.createResource({ resourceType: 'Patient', identifier: identifier('1'), name: [{ family: 'Plum' }] });
  assert.equal(patient.meta.versionId, '1');
});

await step('create if none exists', async () => {
  const again = { resourceType: 'Patient', identifier: identifier('1'), name: [{ family: 'Other' }] };
  const found = await client.createResourceIfNoneExist(again, 'identifier=https://plum.example/mrn|1');
  assert.deepEqual([found.id, found.name[0].family], [patient.id, 'Plum']);
  const made = await client.createResourceIfNoneExist({ ...again, identifier: identifier('2') }, 'identifier=https://plum.example/mrn|2');
  assert.notEqual(made.id, patient.id);
});

await step('upsert', async () => {
  const one = { resourceType: 'Patient', identifier: identifier('3'), active: true };
  const first = await client.upsertResource(one, 'identifier=https://plum.example/mrn|3');
  const second = await client.upsertResource({ ...one, active: false }, 'identifier=https://plum.example/mrn|3');
  assert.deepEqual([second.id, second.meta.versionId, second.active], [first.id, '2', false]);
});

await step('read, version, reference', async () => {
  assert.deepEqual(await client.readResource('Patient', patient.id, { cache: 'reload' }), patient);
  assert.deepEqual(await client.readVersion('Patient', patient.id, '1'), patient);
  assert.equal((await client.readReference({ reference: `Patient/${patient.id}` })).id, patient.id);
  const e = await refused(() => client.readResource('Patient', 'nobody'));
  assert.equal(e.outcome.resourceType, 'OperationOutcome');
});

await step('update, and a conflict', async () => {
  const updated = await client.updateResource({ ...patient, gender: 'female' }, { headers: { 'If-Match': 'W/"1"' } });
  assert.deepEqual([updated.gender, updated.meta.versionId], ['female', '2']);
  const e = await refused(() => client.updateResource({ ...patient, gender: 'male' }, { headers: { 'If-Match': 'W/"1"' } }));
  assert.equal(e.outcome.issue[0].code, 'conflict');
});

await step('patch', async () => {
  const patched = await client.patchResource('Patient', patient.id, [{ op: 'test', path: '/gender', value: 'female' }, { op: 'add', path: '/birthDate', value: '1980-05-06' }]);
  assert.deepEqual([patched.birthDate, patched.meta.versionId], ['1980-05-06', '3']);
});

await step('search', async () => {
  const bundle = await client.search('Patient', 'name=plum&_total=accurate', { cache: 'reload' });
  assert.deepEqual([bundle.total, ids(bundle)], [1, [patient.id]]);
  assert.equal((await client.searchOne('Patient', { birthdate: 'ge1980', family: 'Plum' })).id, patient.id);
  const list = await client.searchResources('Observation', { subject: 'Patient/p2', _sort: '-date', _count: '3' });
  assert.equal(list.length, 3);
  await refused(() => client.search('Patient', 'famliy=x'));
});

await step('pages to the end', async () => {
  const whole = (await client.searchResources('Observation', 'subject=Patient/p2&_sort=date&_count=1000')).map((r) => r.id);
  const paged = [];
  let pages = 0;
  for await (const page of client.searchResourcePages('Observation', 'subject=Patient/p2&_sort=date&_count=9')) {
    pages++;
    paged.push(...page.map((r) => r.id));
  }
  assert.ok(pages > 2);
  assert.deepEqual(paged, whole);
});

await step('everything of a patient', async () => {
  const bundle = await client.readPatientEverything('p2');
  assert.equal(bundle.entry[0].resource.id, 'p2');
});

await step('validate', async () => {
  const good = await client.validateResource({ resourceType: 'Patient', name: [{ family: 'x' }] });
  assert.ok(good.issue.every((i) => i.severity === 'information'));
  const bad = await client.validateResource({ resourceType: 'Patient', gender: 'x' });
  assert.ok(bad.issue.some((i) => i.severity === 'error'));
});

await step('graphql', async () => {
  const query = 'query Q($id: ID!) { Patient(id: $id) { id name { family } } PatientList(name: "plum") { id } }';
  const answer = await client.graphql(query, 'Q', { id: patient.id });
  assert.deepEqual(answer.data, { Patient: { id: patient.id, name: [{ family: 'Plum' }] }, PatientList: [{ id: patient.id }] });
});

await step('transaction and batch', async () => {
  const fullUrl = 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a';
  const entry = [
    { fullUrl, resource: { resourceType: 'Patient', name: [{ family: 'Bundled' }] }, request: { method: 'POST', url: 'Patient' } },
    { resource: { resourceType: 'Condition', subject: { reference: fullUrl } }, request: { method: 'POST', url: 'Condition' } },
  ];
  const answer = await client.executeBatch({ resourceType: 'Bundle', type: 'transaction', entry });
  assert.equal(answer.type, 'transaction-response');
  const id = answer.entry[0].response.location.match(/Patient\/([^/]+)/)[1];
  assert.equal((await client.searchResources('Condition', `subject=Patient/${id}`)).length, 1);
  const batch = await client.executeBatch({ resourceType: 'Bundle', type: 'batch', entry: [{ request: { method: 'GET', url: `Patient/${id}` } }] });
  assert.equal(batch.entry[0].resource.name[0].family, 'Bundled');
});

await step('reads batched by the client itself', async () => {
  const batching = new MedplumClient({
    baseUrl: url.origin + '/', fhirUrlPath: url.pathname.slice(1), autoBatchTime: 20, fetch: (...a) => fetch(...a),
    storage: new ClientStorage(new MemoryStorage()),
  });
  const [one, other] = await Promise.all([batching.readResource('Patient', 'p1'), batching.readResource('Patient', 'p2')]);
  assert.deepEqual([one.id, other.id], ['p1', 'p2']);
});

await step('delete, history', async () => {
  await client.deleteResource('Patient', patient.id);
  await refused(() => client.readResource('Patient', patient.id, { cache: 'reload' }));
  const history = await client.readHistory('Patient', patient.id);
  assert.deepEqual(history.entry.map((e) => e.request.method), ['DELETE', 'PUT', 'PUT', 'POST']);
});

finish();
