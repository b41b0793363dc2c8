// urql with Graphcache at /graphql, with the settings that are printed: node urql.mjs BASE SETTINGS.mjs INTROSPECTION.json
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { persistedExchange } from '@urql/exchange-persisted';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { finish, step } from './checks.mjs';
import { bare, mixing, post, recorded, seed } from './mixing.mjs';

const [base, settings, introspection] = process.argv.slice(2);
const { keys } = await import(pathToFileURL(settings));
const schema = JSON.parse(readFileSync(introspection, 'utf8')).data;
const url = `${base}/graphql`;
const warnings = [];
console.warn = (...text) => warnings.push(text.join(' '));
const client = (cache, ...exchanges) => new Client({ url, preferGetMethod: false, exchanges: [cacheExchange(cache), ...exchanges, fetchExchange] });
await seed(base);

async function throughCache(cache) {
  const urql = client(cache);
  assert.equal((await urql.query(mixing, {}).toPromise()).error, undefined);
  const { data } = await urql.query(mixing, {}, { requestPolicy: 'cache-only' }).toPromise();
  return bare(data);
}

await step('the cache mixes nothing', async () => {
  const { data } = await post(url, { query: mixing });
  assert.deepEqual(await throughCache({ schema, keys }), data);
  assert.deepEqual(warnings, []);
});

await step('without the settings it does', async () => {
  const { data } = await post(url, { query: mixing });
  const mixed = await throughCache({ schema });
  assert.equal(mixed.live.birthDate, mixed.old.birthDate);
  assert.notDeepEqual(mixed, data);
  warnings.length = 0;
});

await step('fragments on interfaces, from the cache', async () => {
  const urql = client({ schema, keys });
  const query = 'query($id: ID!) { node(nodeId: $id) { nodeId ... on Resource { id meta { versionId } } ... on Patient { gender } ... on Observation { status } } }';
  const asked = await urql.query(query, { id: 'Observation/other' }).toPromise();
  assert.equal(asked.error, undefined);
  const kept = await urql.query(query, { id: 'Observation/other' }, { requestPolicy: 'cache-only' }).toPromise();
  assert.deepEqual(bare(kept.data.node), { nodeId: 'Observation/other', id: 'other', meta: { versionId: asked.data.node.meta.versionId }, status: 'amended' });
});

await step('a mutation changes what a query shows', async () => {
  const urql = client({ schema, keys });
  const query = '{ Patient(id: "other") { nodeId birthDate } }';
  await urql.query(query, {}).toPromise();
  const mutation = 'mutation($p: PatientInput!) { PatientUpdate(id: "other", resource: $p) { resource { nodeId birthDate } } }';
  const done = await urql.mutation(mutation, { p: { resourceType: 'Patient', id: 'other', birthDate: '1992-02-03' } }).toPromise();
  assert.equal(done.error, undefined);
  const kept = await urql.query(query, {}, { requestPolicy: 'cache-only' }).toPromise();
  assert.equal(kept.data.Patient.birthDate, '1992-02-03');
});

await step('errors', async () => {
  const { error } = await client({ schema, keys }).query('{ Patient(id: "nobody") { nodeId } }', {}).toPromise();
  assert.deepEqual([error.graphQLErrors[0].extensions.code, error.graphQLErrors[0].path], ['NOT_FOUND', ['Patient']]);
});

await step('persisted queries by GET', async () => {
  const requests = [];
  const query = 'query PersistedByUrql($id: ID) { Patient(id: $id) { nodeId gender } }';
  for (const id of ['p1', 'p2']) {
    const urql = new Client({ url, fetch: recorded(requests), exchanges: [persistedExchange({ preferGetForPersistedQueries: 'force' }), fetchExchange] });
    const { data, error } = await urql.query(query, { id }).toPromise();
    assert.equal(error, undefined);
    assert.equal(data.Patient.nodeId, `Patient/${id}`);
  }
  assert.equal(requests.length, 3);
  assert.deepEqual([requests[0].method, requests[2].method], ['GET', 'GET']);
  assert.deepEqual(requests.map((r) => Boolean(r.query ?? r.body?.query)), [false, true, false]);
});

await step('a subscription changes what a query shows', async () => {
  const ws = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket });
  const urql = client({ schema, keys }, subscriptionExchange({
    forwardSubscription: (request) => ({ subscribe: (sink) => ({ unsubscribe: ws.subscribe({ ...request, query: request.query ?? '' }, sink) }) }),
  }));
  const write = (birthDate) => post(url, {
    query: 'mutation($r: FHIRResource) { PatientUpdate(id: "other", res: $r) { sync } }', variables: { r: { resourceType: 'Patient', id: 'other', birthDate } },
  });
  const query = '{ Patient(id: "other") { nodeId birthDate } }';
  const since = (await write('1981-01-01')).data.PatientUpdate.sync;
  await urql.query(query, {}).toPromise();
  const live = 'subscription($since: String) { PatientChanged(where: { _id: "other" }, since: $since) { kind target resource { nodeId birthDate } } }';
  const event = new Promise((resolve) => urql.subscription(live, { since }).subscribe(resolve));
  await write('1981-02-02');
  const { data, error } = await event;
  assert.equal(error, undefined);
  assert.deepEqual([data.PatientChanged.kind, data.PatientChanged.target], ['updated', 'Patient/other']);
  const kept = await urql.query(query, {}, { requestPolicy: 'cache-only' }).toPromise();
  assert.equal(kept.data.Patient.birthDate, '1981-02-02');
  await ws.dispose();
});

finish();
