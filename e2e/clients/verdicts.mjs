// Compares verdicts on documents, valid or invalid, of graphql-js and of an endpoint: node verdicts.mjs URL SCHEMA.graphql HANDWRITTEN.graphql
// The endpoint validates and then finds no operation of the name that is asked for: nothing is run.
import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate, validateSchema } from 'graphql';
import { mutants } from './mutants.mjs';
import { Writer, chance } from './random.mjs';

const [url, sdl, handwritten] = process.argv.slice(2);
const schema = buildSchema(readFileSync(sdl, 'utf8'));
const steps = [];
const failures = validateSchema(schema).map((e) => `the schema: ${e.message}`);

function theirs(text) {
  try {
    return validate(schema, parse(text)).map((e) => e.message);
  } catch (e) {
    return [e.message];
  }
}

async function ours(text) {
  const answer = await fetch(url, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ query: text, operationName: 'NoSuchOperation' }),
  });
  const { errors } = await answer.json();
  const wrong = errors.filter((e) => /^GRAPHQL_(PARSE|VALIDATION)_FAILED$/.test(e.extensions.code));
  const other = errors.find((e) => !wrong.includes(e) && e.message !== 'the document has no operation of that name');
  if (other) throw new Error(`it gives no verdict: ${JSON.stringify(other)}`);
  return wrong.map((e) => e.message);
}

// Differences that are meant: {why, test(text, theirs, ours)}. There are none.
const meant = [];

const counts = { valid: 0, invalid: 0 };

async function judge(what, text) {
  steps.push(what);
  try {
    const [a, b] = [theirs(text), await ours(text)];
    counts[a.length > 0 ? 'invalid' : 'valid']++;
    if (a.length > 0 === b.length > 0 || meant.some((m) => m.test(text, a, b))) return;
    failures.push(`${what}: graphql-js: ${a[0] ?? 'valid'}; Heliograph: ${b[0] ?? 'valid'}\n${text}`);
  } catch (e) {
    failures.push(`${what}: ${e.message}\n${text}`);
  }
}

for (const [, what, text] of readFileSync(handwritten, 'utf8').matchAll(/^#% (.*)\n((?:(?!#%).*\n)*)/gm)) await judge(what, text);
const kinds = ['query', 'query', 'query', 'mutation', ...(schema.getSubscriptionType() ? ['subscription'] : [])];
let written = 0; // by chance, and valid
for (let i = 0; i < 40; i++) {
  const random = chance(1000 + i);
  const text = new Writer(schema, random).document(kinds[i % kinds.length]);
  if (theirs(text).length === 0) written++;
  await judge(`seed ${i}`, text);
  for (const [name, mutate] of Object.entries(mutants)) {
    const mutant = mutate(text, random);
    if (mutant !== undefined && mutant !== text) await judge(`seed ${i}, ${name}`, mutant);
  }
}
if (written < 30) failures.push(`only ${written} of 40 documents are valid before they are changed`);
steps.push(`${counts.valid} valid, ${counts.invalid} invalid`);
process.stdout.write(JSON.stringify({ steps, failures }));
process.exitCode = failures.length > 0 ? 1 : 0;
