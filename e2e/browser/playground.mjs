// Drives the playground of a running gateway in Chromium, as a user would:
//
//   node playground.mjs BASE_URL SCREENSHOT_FOLDER
//
// It prints one JSON object: timings in milliseconds, what each example gave,
// and the list of what went wrong, which is empty when all is well (exit 0).
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';

import { watch } from './watch.mjs';

// GraphiQL's tabs: their text has the titles of icons in it, so they go by their title.
const TABS = 'button[id^="graphiql-session-tab-"]';
const EDITOR_INPUT = '.graphiql-query-editor .monaco-editor textarea';

const [baseURL, folder] = process.argv.slice(2);
if (!baseURL || !folder) {
  console.error('usage: node playground.mjs BASE_URL SCREENSHOT_FOLDER');
  process.exit(2);
}
await mkdir(folder, { recursive: true });

const report = { timings: {}, examples: [], requests: 0, failures: [] };
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--no-first-run',
    '--disable-component-update',
    '--disable-sync',
  ],
});
try {
  await light();
  await dark();
  await withoutSchema();
} catch (error) {
  report.failures.push(String(error));
} finally {
  await browser.close();
}
console.log(JSON.stringify(report, null, 2));
process.exit(report.failures.length === 0 ? 0 : 1);

/** The first visit: start, every example, completion, all types. */
async function light() {
  const page = await open('light');
  await page.goto(baseURL, { waitUntil: 'commit' });
  await untilUsable(page);
  for (const name of await exampleNames(page)) await runExample(page, name);
  await complete(page);
  await allTypes(page);
  await examplesPane(page);
  await page.context().close();
}

async function dark() {
  const page = await open('dark');
  await page.goto(baseURL);
  await schemaReady(page);
  // A tab chosen before the editor is there would show the first tab's query.
  await page.locator(EDITOR_INPUT).first().waitFor({ state: 'attached' });
  await page.getByRole('radio', { name: 'analyze' }).check({ force: true });
  await runExample(page, 'Nested', 'dark-');
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

async function open(colorScheme, { quiet = false } = {}) {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  watch(page, new URL(baseURL).origin, report, quiet);
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

function editorShows(page, text) {
  return page.waitForFunction((t) => document.querySelector('.graphiql-query-editor .view-lines')?.textContent.includes(t), text);
}

async function lap(page, name) {
  report.timings[name] = Math.round(await page.evaluate(() => performance.now()));
}

function schemaReady(page) {
  return page.locator('[data-schema="ready"]').waitFor({ state: 'attached' });
}

async function exampleNames(page) {
  const names = await page.locator(TABS).evaluateAll((tabs) => tabs.map((tab) => tab.title));
  if (names.length < 6) report.failures.push(`only ${names.length} example tabs`);
  return names;
}

async function runExample(page, name, prefix = '') {
  await page.locator(`${TABS}[title="${name}"]`).first().click();
  const answered = page.waitForResponse((r) => r.request().method() === 'POST' && new URL(r.url()).pathname === '/graphql');
  await page.getByRole('button', { name: /^Execute query/ }).click();
  const body = await (await answered).json();
  await page.locator('.hg-facts b', { hasText: new RegExp(`^${name}$`) }).waitFor();
  await page.waitForFunction(() => document.querySelector('.graphiql-response .view-lines')?.textContent.includes('data'));

  const plan = page.locator('#explain-text');
  const explained = (await plan.getAttribute('data-empty')) === 'false';
  const text = explained ? await plan.textContent() : '';
  report.examples.push({ name: prefix + name, facts: await page.locator('.hg-facts').innerText(), planLines: text ? text.split('\n').length : 0 });
  if (body.errors) report.failures.push(`${name}: ${body.errors.map((e) => e.message).join('; ')}`);
  if (isEmpty(body.data)) report.failures.push(`${name}: the result is empty`);
  if (!text.trim()) report.failures.push(`${name}: no plan is shown`);
  await screenshot(page, prefix + name);
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

async function examplesPane(page) {
  await page.getByRole('button', { name: 'Show Examples' }).click();
  await page.getByRole('region', { name: 'Examples' }).getByRole('button').first().click();
  await editorShows(page, 'PatientList');
  await screenshot(page, 'examples');
}

function screenshot(page, name) {
  return page.screenshot({ path: path.join(folder, `${name}.png`) });
}
