// Runs named steps against a server and prints {steps, failures} as JSON; a step fails by what it throws.
import assert from 'node:assert/strict';

const steps = [];
const failures = [];

export async function step(name, run) {
  steps.push(name);
  try {
    await run();
  } catch (e) {
    failures.push(`${name}: ${e?.stack ?? e} ${JSON.stringify(e?.response?.data ?? e?.outcome ?? '')}`);
  }
}

// refused runs what must fail, and gives the error for the assertions on it.
export async function refused(run) {
  try {
    await run();
  } catch (e) {
    return e;
  }
  assert.fail('it was not refused');
}

export const ids = (bundle) => (bundle.entry ?? []).filter((e) => e.search?.mode !== 'include').map((e) => e.resource.id);

export function finish() {
  process.stdout.write(JSON.stringify({ steps, failures }));
  process.exitCode = failures.length > 0 ? 1 : 0;
}
