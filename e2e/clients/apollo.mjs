// Apollo Client at /graphql with the settings that are printed: node apollo.mjs BASE SETTINGS.mjs
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { BatchHttpLink } from '@apollo/client/link/batch-http';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { relayStylePagination } from '@apollo/client/utilities';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { finish, refused, step } from './checks.mjs';
import { bare, mixing, post, recorded, seed } from './mixing.mjs';

const [base, settings] = process.argv.slice(2);
const { heliograph } = await import(pathToFileURL(settings));
const uri = `${base}/graphql`;
const client = (cache, link) => new ApolloClient({ cache, link: link ?? new HttpLink({ uri }) });
await seed(base);

async function throughCache(cache) {
  const apollo = client(cache);
  const query = gql(mixing);
  await apollo.query({ query });
  return bare(apollo.readQuery({ query }));
}

await step('the cache mixes nothing', async () => {
  const { data } = await post(uri, { query: mixing });
  assert.deepEqual(await throughCache(new InMemoryCache(heliograph)), data);
  assert.equal(data.live.birthDate, '1980-01-01');
  assert.equal(data.old.birthDate, '1970-01-01');
});

await step('without the settings it does', async () => {
  const { data } = await post(uri, { query: mixing });
  const mixed = await throughCache(new InMemoryCache({ possibleTypes: heliograph.possibleTypes }));
  assert.equal(mixed.live.birthDate, mixed.old.birthDate);
  assert.notDeepEqual(mixed, data);
});

await step('a resource without nodeId is refused', async () => {
  const e = await refused(() => client(new InMemoryCache(heliograph)).query({ query: gql('{ Patient(id: "same") { id } }') }));
  assert.match(e.message, /nodeId|#\d+/);
});

await step('fragments on interfaces, from the cache', async () => {
  const apollo = client(new InMemoryCache(heliograph));
  const query = gql('query($id: ID!) { node(nodeId: $id) { nodeId ... on Resource { id meta { versionId } } ... on Patient { birthDate } ... on Observation { status } } }');
  await apollo.query({ query, variables: { id: 'Patient/other' } });
  const { data } = await apollo.query({ query, variables: { id: 'Patient/other' }, fetchPolicy: 'cache-only' });
  assert.deepEqual(bare(data.node), { nodeId: 'Patient/other', id: 'other', meta: { versionId: '1' }, birthDate: '1990-01-01' });
  assert.equal(data.node.__typename, 'Patient');
});

await step('a mutation changes what a query shows', async () => {
  const apollo = client(new InMemoryCache(heliograph));
  const query = gql('{ Patient(id: "other") { nodeId birthDate } }');
  await apollo.query({ query });
  const mutation = gql('mutation($p: PatientInput!) { PatientUpdate(id: "other", resource: $p) { resource { nodeId birthDate } } }');
  const { data } = await apollo.mutate({ mutation, variables: { p: { resourceType: 'Patient', id: 'other', birthDate: '1991-02-03', name: [{ id: 'same', family: 'Other' }] } } });
  assert.equal(data.PatientUpdate.resource.birthDate, '1991-02-03');
  assert.equal(apollo.readQuery({ query }).Patient.birthDate, '1991-02-03');
});

await step('errors', async () => {
  const e = await refused(() => client(new InMemoryCache(heliograph)).query({ query: gql('{ Patient(id: "nobody") { nodeId } }') }));
  assert.ok(CombinedGraphQLErrors.is(e));
  assert.deepEqual([e.errors[0].extensions.code, e.errors[0].path], ['NOT_FOUND', ['Patient']]);
});

await step('pages', async () => {
  const cache = new InMemoryCache({
    ...heliograph, typePolicies: { ...heliograph.typePolicies, Query: { fields: { PatientConnection: relayStylePagination(['_sort']) } } },
  });
  const apollo = client(cache);
  const query = gql('query($after: String) { PatientConnection(first: 5, after: $after, _sort: "birthdate") { edges { cursor node { nodeId } } pageInfo { hasNextPage endCursor } } }');
  const watched = apollo.watchQuery({ query });
  let page = (await apollo.query({ query })).data.PatientConnection;
  for (let n = 0; page.pageInfo.hasNextPage && n < 20; n++) page = (await watched.fetchMore({ variables: { after: page.pageInfo.endCursor } })).data.PatientConnection;
  const ids = apollo.readQuery({ query }).PatientConnection.edges.map((e) => e.node.nodeId);
  const whole = await post(uri, { query: '{ PatientList(_sort: "birthdate", _count: 1000) { nodeId } }' });
  assert.deepEqual(ids, whole.data.PatientList.map((p) => p.nodeId));
});

await step('persisted queries by GET', async () => {
  const requests = [];
  const sha256 = (text) => createHash('sha256').update(text).digest('hex');
  const link = ApolloLink.from([new PersistedQueryLink({ sha256, useGETForHashedQueries: true }), new HttpLink({ uri, fetch: recorded(requests) })]);
  const query = gql(`query Persisted($id: ID) { Patient(id: $id) { nodeId gender } }`);
  for (const id of ['p1', 'p2']) {
    const { data } = await client(new InMemoryCache(heliograph), link).query({ query, variables: { id } });
    assert.equal(data.Patient.nodeId, `Patient/${id}`);
  }
  assert.deepEqual(requests.map((r) => r.method), ['GET', 'POST', 'GET']);
  assert.deepEqual(requests.map((r) => Boolean(r.query ?? r.body?.query)), [false, true, false]);
});

await step('a batch', async () => {
  const requests = [];
  const apollo = client(new InMemoryCache(heliograph), new BatchHttpLink({ uri, batchMax: 5, batchInterval: 10, fetch: recorded(requests) }));
  const query = gql('query($id: ID) { Patient(id: $id) { nodeId } }');
  const answers = await Promise.all(['p1', 'p2', 'p3'].map((id) => apollo.query({ query, variables: { id } })));
  assert.deepEqual(answers.map((a) => a.data.Patient.nodeId), ['Patient/p1', 'Patient/p2', 'Patient/p3']);
  assert.deepEqual(requests.map((r) => r.body.length), [3]);
});

const change = (birthDate) => post(uri, {
  query: 'mutation($r: FHIRResource) { PatientUpdate(id: "same", res: $r) { sync } }', variables: { r: { resourceType: 'Patient', id: 'same', birthDate } },
});

await step('a subscription changes what a query shows', async () => {
  const ws = createClient({ url: uri.replace('http', 'ws'), webSocketImpl: WebSocket });
  const apollo = client(new InMemoryCache(heliograph), ApolloLink.split(({ operationType }) => operationType === 'subscription', new GraphQLWsLink(ws), new HttpLink({ uri })));
  const query = gql('{ Patient(id: "same") { nodeId birthDate } }');
  assert.equal((await apollo.query({ query })).data.Patient.birthDate, '1980-01-01');
  const token = (await change('1980-01-02')).data.PatientUpdate.sync;
  const live = gql('subscription($since: String) { PatientChanged(where: { birthdate: { ge: "1985" } }, since: $since) { kind token resource { nodeId birthDate } } }');
  const seen = new Promise((resolve, reject) => {
    apollo.subscribe({ query: live, variables: { since: token } }).subscribe({ next: resolve, error: reject });
  });
  await change('1986-01-01');
  const event = await seen;
  assert.equal(event.data.PatientChanged.resource.birthDate, '1986-01-01');
  assert.equal(apollo.readQuery({ query }).Patient.birthDate, '1986-01-01');
  await ws.dispose();
});

finish();
