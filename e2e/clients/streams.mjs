// graphql-ws and graphql-sse at /graphql: node streams.mjs BASE
import assert from 'node:assert/strict';
import { createClient as sse } from 'graphql-sse';
import { createClient as ws } from 'graphql-ws';
import WebSocket from 'ws';
import { finish, step } from './checks.mjs';
import { post } from './mixing.mjs';

const base = process.argv[2];
const url = `${base}/graphql`;
const mutation = 'mutation($r: FHIRResource) { PatientUpdate(id: "streamed", res: $r) { sync version } }';
const resource = (birthDate) => ({ resourceType: 'Patient', id: 'streamed', birthDate, name: [{ family: 'Streamed' }] });
const write = async (birthDate) => (await post(url, { query: mutation, variables: { r: resource(birthDate) } })).data.PatientUpdate.sync;
const changes = 'subscription($since: String) { PatientChanged(where: { name: { eq: "streamed" }, birthdate: { ge: "2000" } }, since: $since) { kind target token versionId resource { nodeId birthDate } } }';
const born = (result) => [result.data.PatientChanged.kind, result.data.PatientChanged.resource?.birthDate];

const transports = {
  'graphql-ws': () => ws({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 }),
  'graphql-sse, distinct connections': () => sse({ url, retryAttempts: 0 }),
  'graphql-sse, a single connection': () => sse({ url, singleConnection: true, retryAttempts: 0 }),
};

// one gives the only result of an operation.
async function one(client, request) {
  const results = [];
  for await (const result of client.iterate(request)) results.push(result);
  assert.equal(results.length, 1);
  return results[0];
}

// failed gives the errors by which an operation ends, however a client tells them.
async function failed(client, request) {
  try {
    for await (const result of client.iterate(request)) if (result.errors) return result.errors;
  } catch (e) {
    return Array.isArray(e) ? e : [{ message: e.message, status: e.response?.status }];
  }
  return assert.fail('it did not fail');
}

for (const [name, make] of Object.entries(transports)) {
  const client = make();
  // What is not run is refused by status where an operation is a request of its own, and the client tells that alone.
  const refusal = name.includes('single') ? /"status":400/ : undefined;
  let token;

  await step(`${name}: a query`, async () => {
    const { data } = await one(client, { query: 'query A($id: ID) { Patient(id: $id) { nodeId } } query B { __typename }', operationName: 'A', variables: { id: 'p1' } });
    assert.equal(data.Patient.nodeId, 'Patient/p1');
  });

  await step(`${name}: a mutation`, async () => {
    const { data } = await one(client, { query: mutation, variables: { r: resource('2000-01-01') } });
    token = data.PatientUpdate.sync;
    assert.ok(token);
  });

  await step(`${name}: a subscription, what leaves its filter, and another beside`, async () => {
    const events = client.iterate({ query: changes, variables: { since: token } });
    const all = client.iterate({ query: 'subscription($since: String) { changes(types: [Patient, Observation], since: $since) { kind target resource { ... on Patient { birthDate } } } }', variables: { since: token } });
    await write('2001-01-01');
    await write('1999-01-01');
    await write('2002-01-01');
    assert.deepEqual(born((await events.next()).value), ['updated', '2001-01-01']);
    assert.deepEqual(born((await events.next()).value), ['left', undefined]);
    const { value } = await events.next();
    assert.deepEqual(value.data.PatientChanged.resource, { nodeId: 'Patient/streamed', birthDate: '2002-01-01' });
    for (const born of ['2001-01-01', '1999-01-01', '2002-01-01']) assert.equal((await all.next()).value.data.changes.resource.birthDate, born);
    token = value.data.PatientChanged.token;
    await Promise.all([events.return(), all.return()]);
  });

  await step(`${name}: resume from a token`, async () => {
    await write('2003-01-01'); // while nobody listens
    const events = client.iterate({ query: changes, variables: { since: token } });
    assert.deepEqual(born((await events.next()).value), ['updated', '2003-01-01']);
    await events.return();
  });

  await step(`${name}: errors`, async () => {
    const parse = await failed(client, { query: 'subscription {' });
    assert.match(JSON.stringify(parse), refusal ?? /GRAPHQL_PARSE_FAILED/);
    const roots = await failed(client, { query: 'subscription { PatientChanged { kind } ObservationChanged { kind } }' });
    assert.match(JSON.stringify(roots), refusal ?? /GRAPHQL_VALIDATION_FAILED/);
    const chain = await failed(client, { query: 'subscription { ObservationChanged(where: { subject: { Patient: { gender: { code: "male" } } } }) { kind } }' });
    assert.match(JSON.stringify(chain), refusal ?? /UNSUPPORTED/);
    const gone = await failed(client, { query: changes, variables: { since: 'nothing.1' } });
    assert.match(JSON.stringify(gone), refusal ?? /BAD_USER_INPUT|RESUME_EXPIRED/);
  });
  await client.dispose();
}

// closed gives the code and the reason by which a WebSocket ends that sent these messages.
function closed(...messages) {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  socket.on('open', () => messages.forEach((m) => socket.send(typeof m === 'string' ? m : JSON.stringify(m))));
  return new Promise((resolve, reject) => socket.on('close', (code, reason) => resolve([code, String(reason)])).on('error', reject));
}

await step('close codes', async () => {
  const init = { type: 'connection_init' };
  const follow = { id: '1', type: 'subscribe', payload: { query: 'subscription { PatientChanged { kind } }' } };
  assert.equal((await closed('{'))[0], 4400);
  assert.equal((await closed({ type: 'nothing' }))[0], 4400);
  assert.deepEqual(await closed(follow), [4401, 'Unauthorized']);
  assert.deepEqual(await closed(init, follow, follow), [4409, 'Subscriber for 1 already exists']);
  assert.deepEqual(await closed(init, init), [4429, 'Too many initialisation requests']);
});

await step('another subprotocol', async () => {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-ws');
  const [code] = await new Promise((resolve) => socket.on('close', (...a) => resolve(a)).on('error', () => resolve([4406])));
  assert.equal(code, 4406);
});

finish();
