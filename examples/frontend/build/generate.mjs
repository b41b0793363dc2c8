// Makes src/generated out of the gateway's schema and the operations in src:
//
//   schema.graphql   what `heliograph schema` prints for the types below
//   heliograph.mjs   the settings of Apollo Client's cache (`heliograph schema --client apollo`)
//   operations.ts    the types and the documents of src/*.graphql
//
// HELIOGRAPH names the program; without it the one that `make build` leaves in the repository is taken.
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { codegen } from '@graphql-codegen/core';
import * as typedDocuments from '@graphql-codegen/typed-document-node';
import * as operations from '@graphql-codegen/typescript-operations';
import { buildSchema, parse } from 'graphql';

const TYPES = ['Patient', 'Practitioner', 'Encounter', 'Condition', 'Observation'];

const root = fileURLToPath(new URL('..', import.meta.url));
const source = path.join(root, 'src');
const generated = path.join(source, 'generated');
const program = process.env.HELIOGRAPH ?? path.join(root, '../../heliograph');

await mkdir(generated, { recursive: true });
const schema = await heliograph('schema');
await write('schema.graphql', schema);
await write('heliograph.mjs', await heliograph('schema', '--client', 'apollo'));
await write('operations.ts', await types(buildSchema(schema)));

async function heliograph(...args) {
  const run = promisify(execFile);
  const { stdout } = await run(program, [...args, '--types', TYPES.join(',')], { maxBuffer: 2 ** 26 }).catch((error) => {
    if (error.code === 'ENOENT') throw new Error(`${program} is not there: run make build in the repository, or set HELIOGRAPH to the program`);
    throw error;
  });
  return stdout;
}

async function types(schemaAst) {
  const filename = path.join(generated, 'operations.ts');
  const config = {
    // A decimal is a number to JavaScript; who must keep its digits (1.50) reads the response's text.
    scalars: { ID: 'string', Decimal: 'number', FHIRResource: 'unknown', JSON: 'unknown' },
    enumsAsTypes: true,
    skipTypename: true,
    useTypeImports: true,
    immutableTypes: true,
    inputMaybeValue: 'T | null | undefined',
  };
  return codegen({
    filename,
    schema: undefined,
    schemaAst,
    documents: await documents(),
    config,
    pluginMap: { operations, typedDocuments },
    plugins: [{ operations: {} }, { typedDocuments: {} }],
  });
}

async function documents() {
  const names = (await readdir(source)).filter((name) => name.endsWith('.graphql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const location = path.join(source, name);
      return { location, document: parse(await readFile(location, 'utf8')) };
    }),
  );
}

function write(name, text) {
  return writeFile(path.join(generated, name), text);
}
