// Runs graphql-http's audits of GraphQL over HTTP against an endpoint: node audits.mjs URL [must]
// Prints {steps, failures} as JSON; with "must" only what the specification demands can fail.
import { auditServer } from 'graphql-http';

const [url, level] = process.argv.slice(2);
const results = await auditServer({ url, fetchFn: fetch });
const failed = results.filter((r) => r.status === 'error' || (r.status !== 'ok' && level !== 'must'));
const failures = await Promise.all(failed.map(async (r) => `${r.id} ${r.name}: ${r.reason} (${r.response?.status} ${await r.response?.text?.().catch(() => '')})`));
process.stdout.write(JSON.stringify({ steps: results.map((r) => `${r.status} ${r.name}`), failures }));
process.exitCode = failures.length > 0 ? 1 : 0;
