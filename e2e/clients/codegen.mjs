// @graphql-codegen/cli against the printed schema, and TypeScript on what it writes: node codegen.mjs SCHEMA.graphql FOLDER
import { execFileSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finish, step } from './checks.mjs';

const [schema, folder] = process.argv.slice(2);
const node = (script, ...args) => {
  try {
    return execFileSync(process.execPath, [script, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1' } });
  } catch (e) {
    throw new Error(`${script}: ${e.stdout}${e.stderr}`);
  }
};

await step('types are generated', () => {
  const config = { scalars: { Decimal: 'number', FHIRResource: 'unknown', JSON: 'unknown' }, strictScalars: true };
  const generates = {
    [join(folder, 'schema.ts')]: { plugins: ['typescript'], config },
    [join(folder, 'types.ts')]: { plugins: ['typescript-operations'], config },
  };
  writeFileSync(join(folder, 'codegen.json'), JSON.stringify({ schema, documents: 'codegen/operations.graphql', silent: true, generates }));
  node('node_modules/@graphql-codegen/cli/cjs/bin.js', '--config', join(folder, 'codegen.json'));
});

await step('they compile, strictly', () => {
  cpSync('codegen/usage.ts', join(folder, 'usage.ts'));
  node('node_modules/typescript/bin/tsc', '--noEmit', '--strict', '--noUncheckedIndexedAccess', '--exactOptionalPropertyTypes', '--target', 'es2022', '--module', 'nodenext', '--types', '', join(folder, 'usage.ts'), join(folder, 'schema.ts'));
});

finish();
