// Drives the playground of a running gateway in Chromium, as a user would:
//
//   node playground.mjs BASE_URL SCREENSHOT_FOLDER
//
// It prints one JSON object: timings in milliseconds, what each example gave,
// and the list of what went wrong, which is empty when all is well (exit 0).
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { launch } from './chromium.mjs';
import { EDITOR_INPUT, TABS, editorShows, execute, marked, openExamples, planText, responseShows, schemaReady, typeQuery } from './graphiql.mjs';
import { watch } from './watch.mjs';

const [baseURL, folder] = process.argv.slice(2);
if (!baseURL || !folder) {
  console.error('usage: node playground.mjs BASE_URL SCREENSHOT_FOLDER');
  process.exit(2);
}
await mkdir(folder, { recursive: true });

const report = { timings: {}, examples: [], requests: 0, failures: [] };
const browser = await launch();
for (const scene of [firstVisit, everyExample, endpoints, history, dark, narrow, withoutSchema]) {
  try {
    await scene();
  } catch (error) {
    report.failures.push(`${scene.name}: ${error}`);
  }
}
await browser.close();
console.log(JSON.stringify(report, null, 2));
process.exit(report.failures.length === 0 ? 0 : 1);

/** The first visit: start, completion, all types. */
async function firstVisit() {
  const page = await open('light');
  await page.goto(baseURL, { waitUntil: 'commit' });
  await untilUsable(page);
  await runTab(page, 'Patients');
  await complete(page);
  await allTypes(page);
  await page.context().close();
}

/** Every example, out of the pane. */
async function everyExample() {
  const page = await visit('light');
  const pane = await openExamples(page);
  await screenshot(page, 'examples');
  const buttons = pane.getByRole('listitem').getByRole('button');
  const names = await buttons.allTextContents();
  if (names.length < 8) report.failures.push(`only ${names.length} examples`);
  for (const name of names) {
    await pane.getByRole('button', { name, exact: true }).click();
    await page.locator(`${TABS}[title="${name}"]`).last().waitFor();
    if (name.endsWith('Changes')) await runSubscription(page, name);
    else await runExample(page, name);
  }
  await page.context().close();
}

/** The same text at one endpoint after the other: it says where it goes, and only that of /graphql is checked by the editor. */
async function endpoints() {
  const page = await visit('light', { quiet: true }); // what is refused is a failed load for the console
  const endpoint = page.getByRole('combobox', { name: 'Endpoint' });
  await typeQuery(page, '{ PatientList(_count: 1) { id, wrong } }');
  await marked(page, true);
  await endpoint.selectOption('/fhir/$graphql');
  await editorShows(page, '# endpoint: /fhir/$graphql'.replaceAll(' ', '\u00a0'));
  await marked(page, false);
  await expectPath(page, '/fhir/$graphql');
  await endpoint.selectOption('/fhir/…/$graphql');
  await page.getByRole('combobox', { name: 'Resource type' }).fill('Observation');
  await page.getByRole('textbox', { name: 'Resource id' }).fill('none');
  await editorShows(page, '/fhir/Observation/none/$graphql');
  await screenshot(page, 'instance');
  await endpoint.selectOption('/graphql');
  await marked(page, true);
  await expectPath(page, '/graphql');
  await page.context().close();
}

async function expectPath(page, want) {
  const { path: got } = await execute(page);
  if (got !== want) report.failures.push(`${want} was chosen, and ${got} was asked`);
}

/** What comes back out of the history goes where it went. */
async function history() {
  const page = await visit('light');
  await runTab(page, 'Dialect', 'history-');
  await page.getByRole('button', { name: 'New tab' }).click();
  const endpoint = page.getByRole('combobox', { name: 'Endpoint' });
  await page.waitForFunction(() => document.querySelector('.hg-endpoint select').value === 'strict');
  await page.getByRole('button', { name: 'Show History' }).click();
  await page.getByRole('region', { name: 'History' }).getByText('Dialect', { exact: true }).first().click(); // GraphiQL may keep a run more than once
  await page.waitForFunction(() => document.querySelector('.hg-endpoint select').value === 'dialect');
  await screenshot(page, 'history');
  await endpoint.selectOption('/graphql');
  await page.waitForFunction(() => !document.querySelector('.graphiql-query-editor .view-lines').textContent.includes('endpoint:'));
  await page.context().close();
}

async function dark() {
  const page = await visit('dark');
  await page.getByRole('radio', { name: 'analyze' }).check({ force: true });
  await runTab(page, 'Nested', 'dark-');
  await page.context().close();
}

/** As wide as a telephone: everything can be reached. */
async function narrow() {
  const page = await visit('light', { viewport: { width: 400, height: 860 } });
  await runTab(page, 'Nested', 'narrow-');
  await page.getByRole('combobox', { name: 'Endpoint' }).selectOption('/fhir/…/$graphql');
  await screenshot(page, 'narrow-instance');
  const pane = await openExamples(page);
  await screenshot(page, 'narrow-examples');
  await pane.getByRole('button', { name: 'Where' }).click();
  await editorShows(page, 'typed');
  await screenshot(page, 'narrow-after-examples');
  await page.context().close();
}

/** The schema cannot be had: the page says so and recovers on request. */
async function withoutSchema() {
  const page = await open('light', { quiet: true });
  const address = '**/graphql/schema.json*';
  await page.route(address, (route) => route.fulfill({ status: 503, body: '' }));
  await page.goto(baseURL);
  const alert = page.getByRole('alert').filter({ hasText: 'schema' }); // the editor has alerts of its own
  await alert.waitFor();
  await screenshot(page, 'no-schema');
  await page.unroute(address);
  await alert.getByRole('button', { name: 'Try again' }).click();
  await schemaReady(page);
  await page.context().close();
}

async function open(colorScheme, { quiet = false, viewport = { width: 1440, height: 900 } } = {}) {
  const context = await browser.newContext({ colorScheme, viewport });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  watch(page, new URL(baseURL).origin, report, { quiet });
  return page;
}

/** A page whose editor is there: a tab chosen before would show the first tab's query. */
async function visit(colorScheme, options) {
  const page = await open(colorScheme, options);
  await page.goto(baseURL);
  await schemaReady(page);
  await page.locator(EDITOR_INPUT).first().waitFor({ state: 'attached' });
  return page;
}

/** Usable means: the schema is there, and what is typed then appears in the editor. */
async function untilUsable(page) {
  const input = page.locator(EDITOR_INPUT).first();
  await Promise.all([
    schemaReady(page).then(() => lap(page, 'schema')),
    input.waitFor({ state: 'attached' }).then(() => lap(page, 'editor')),
  ]);
  await input.focus();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('# typed');
  await editorShows(page, 'typed');
  await lap(page, 'usable');
  for (let i = 0; i < '# typed'.length; i++) await page.keyboard.press('Backspace');
  await screenshot(page, 'start');
}

async function lap(page, name) {
  report.timings[name] = Math.round(await page.evaluate(() => performance.now()));
}

async function runTab(page, name, prefix = '') {
  await page.locator(`${TABS}[title="${name}"]`).first().click();
  await runExample(page, name, prefix);
}

async function runExample(page, name, prefix = '') {
  const { body, path: asked } = await execute(page);
  await page.locator('.hg-facts b', { hasText: new RegExp(`^${name}$`) }).waitFor();
  await responseShows(page, 'data');
  const text = await planText(page);
  const facts = await page.locator('.hg-facts').innerText();
  report.examples.push({ name: prefix + name, path: asked, facts, planLines: text ? text.split('\n').length : 0 });
  if (body.errors) report.failures.push(`${name}: ${body.errors.map((e) => e.message).join('; ')}`);
  if (isEmpty(body.data)) report.failures.push(`${name}: the result is empty`);
  if (!text.trim()) report.failures.push(`${name}: no plan is shown`);
  await screenshot(page, prefix + name);
}

/** A subscription: it shows what somebody writes, until it is stopped. */
async function runSubscription(page, name) {
  await page.getByRole('button', { name: /^Execute query/ }).click();
  await responseShows(page, '"received":\u00a00');
  const started = Date.now();
  await write(`mutation { PatientUpdate(id: "subscribed", resource: {active: true, name: {family: "${name}"}}) { version }
    PatientDelete(id: "subscribed") { version } }`);
  await responseShows(page, '"received":\u00a02');
  report.timings[name] = Date.now() - started;
  await page.locator('.hg-facts b', { hasText: new RegExp(`^${name}$`) }).waitFor();
  report.examples.push({ name, facts: await page.locator('.hg-facts').innerText() });
  await screenshot(page, name);
  await page.getByRole('button', { name: /^Stop query/ }).click();
  await page.getByRole('button', { name: /^Execute query/ }).waitFor();
}

/** What somebody else writes meanwhile. */
async function write(query) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${baseURL}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { errors } = await response.json();
  if (errors) throw new Error(errors.map(({ message }) => message).join('; '));
}

/** Whether a result has nothing in any of its fields. */
function isEmpty(data) {
  return Object.values(data ?? {}).every((value) => value === null || (Array.isArray(value) && value.length === 0));
}

/** Completion comes from the worker, so it shows that the worker has the schema too. */
async function complete(page) {
  await page.getByRole('button', { name: 'New tab' }).click();
  await page.locator(EDITOR_INPUT).first().focus();
  await page.keyboard.type('{ PatientLis');
  const started = Date.now();
  await page.keyboard.press('Control+Space');
  await page.locator('.suggest-widget .monaco-list-row', { hasText: 'PatientList' }).first().waitFor();
  report.timings.completion = Date.now() - started;
  await screenshot(page, 'completion');
  await page.keyboard.press('Escape');
}

async function allTypes(page) {
  const started = Date.now();
  await page.getByRole('combobox', { name: 'Schema' }).selectOption('all');
  await page.locator('[data-schema="loading"]').waitFor({ state: 'attached' });
  await schemaReady(page);
  await page.locator(EDITOR_INPUT).first().focus();
  await page.keyboard.type('# all');
  await editorShows(page, 'all');
  report.timings.allTypes = Date.now() - started;
}

function screenshot(page, name) {
  return page.screenshot({ path: path.join(folder, `${name}.png`) });
}
