// Holds schemas to graphql-js: node schemas.mjs NAME.graphql NAME.json …
// The SDL builds a schema without errors, and the introspection builds the same.
import { readFileSync } from 'node:fs';
import { buildClientSchema, buildSchema, lexicographicSortSchema, printSchema, validateSchema } from 'graphql';

const steps = [];
const failures = [];
const printed = (schema) => printSchema(lexicographicSortSchema(schema)).split('\n');

for (let i = 2; i < process.argv.length; i += 2) {
  const [sdl, json] = process.argv.slice(i, i + 2);
  try {
    const schema = buildSchema(readFileSync(sdl, 'utf8'));
    failures.push(...validateSchema(schema).map((e) => `${sdl}: ${e.message}`));
    steps.push(`${sdl}: ${Object.keys(schema.getTypeMap()).length} types`);
    if (json === '-') continue;
    const client = buildClientSchema(JSON.parse(readFileSync(json, 'utf8')).data);
    failures.push(...validateSchema(client).map((e) => `${json}: ${e.message}`));
    const [a, b] = [printed(schema), printed(client)];
    const line = a.findIndex((text, at) => text !== b[at]);
    if (line >= 0 || a.length !== b.length) failures.push(`${sdl} and ${json} differ in line ${line}: ${a[line]} | ${b[line]}`);
    steps.push(`${json}: ${b.length} lines`);
  } catch (e) {
    failures.push(`${sdl}, ${json}: ${e.message}`);
  }
}
process.stdout.write(JSON.stringify({ steps, failures }));
process.exitCode = failures.length > 0 ? 1 : 0;
