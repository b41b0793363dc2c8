// relay-compiler with the printed settings, and what it compiled at /graphql: node relay.mjs BASE FOLDER
// FOLDER has relay.config.json and schema.graphql as they are printed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import relay from 'relay-compiler';
import { finish, step } from './checks.mjs';
import { post, seed } from './mixing.mjs';

const [base, folder] = process.argv.slice(2);
const texts = {};
await seed(base);

await step('compile', async () => {
  cpSync('relay/src', join(folder, 'src'), { recursive: true });
  execFileSync(relay, ['relay.config.json'], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const artifacts = join(folder, 'src/__generated__');
  for (const file of readdirSync(artifacts)) {
    const text = readFileSync(join(artifacts, file), 'utf8').match(/"text": ("(?:[^"\\]|\\.)*")/);
    if (text) texts[file.split('.')[0]] = JSON.parse(text[1]);
  }
  assert.equal(Object.keys(texts).length, 7);
  assert.match(texts.appHeaderRefetchQuery, /node\(nodeId: \$nodeId\)/);
});

async function run(name, variables) {
  const { data, errors } = await post(`${base}/graphql`, { query: texts[name], variables });
  assert.deepEqual(errors, undefined);
  return data;
}

await step('a query with fragments', async () => {
  const { Patient } = await run('appChartQuery', { id: 'p1', n: 2 });
  assert.equal(Patient.nodeId, 'Patient/p1');
  assert.equal(Patient.ObservationConnection.edges.length, 2);
  assert.match(Patient.ObservationConnection.edges[0].node.nodeId, /^Observation\//);
});

await step('refetch by nodeId', async () => {
  const { node } = await run('appHeaderRefetchQuery', { nodeId: 'Patient/p1' });
  assert.equal(node.__typename, 'Patient');
  assert.ok(node.name[0].family);
});

await step('the next page of a fragment', async () => {
  const first = (await run('appTimelinePageQuery', { nodeId: 'Patient/p1', count: 3 })).node.ObservationConnection;
  assert.ok(first.pageInfo.hasNextPage);
  const next = (await run('appTimelinePageQuery', { nodeId: 'Patient/p1', count: 3, cursor: first.pageInfo.endCursor })).node.ObservationConnection;
  const ids = [...first.edges, ...next.edges].map((e) => e.node.nodeId);
  assert.equal(new Set(ids).size, 6);
});

await step('the next page of a root field', async () => {
  const first = (await run('appListQuery', { where: { gender: { code: 'female' } } })).PatientConnection;
  const next = (await run('appListPageQuery', { where: { gender: { code: 'female' } }, count: 3, cursor: first.pageInfo.endCursor })).PatientConnection;
  assert.equal(new Set([...first.edges, ...next.edges].map((e) => e.node.nodeId)).size, 6);
});

await step('a mutation', async () => {
  const resource = { resourceType: 'Patient', id: 'other', name: [{ family: 'Relay' }] };
  const { PatientUpdate } = await run('appRenameMutation', { id: 'other', resource });
  assert.deepEqual([PatientUpdate.resource.nodeId, PatientUpdate.resource.name[0].family], ['Patient/other', 'Relay']);
});

finish();
