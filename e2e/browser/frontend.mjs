// Uses the example frontend in Chromium, while somebody else uses the gateway:
//
//   node frontend.mjs SITE_URL GATEWAY_URL SCREENSHOT_FOLDER
//
// It prints one JSON object: timings in milliseconds and the list of what went
// wrong, which is empty when all is well (exit 0).
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { launch } from './chromium.mjs';
import { watch } from './watch.mjs';

const [siteURL, gatewayURL, folder] = process.argv.slice(2);
if (!siteURL || !gatewayURL || !folder) {
  console.error('usage: node frontend.mjs SITE_URL GATEWAY_URL SCREENSHOT_FOLDER');
  process.exit(2);
}
await mkdir(folder, { recursive: true });

const report = { timings: {}, requests: 0, failures: [] };
const browser = await launch();
for (const scene of [list, patient, conflict, unreachable, unknown, narrow]) {
  try {
    await scene();
  } catch (error) {
    report.failures.push(`${scene.name}: ${error}`);
  }
}
await browser.close();
console.log(JSON.stringify(report, null, 2));
process.exit(report.failures.length === 0 ? 0 : 1);

/** The list: its pages, a search as one types, and a patient opened by keys alone. */
async function list() {
  const page = await open();
  const started = Date.now();
  await page.goto(siteURL);
  const rows = page.locator('.rows a');
  await rows.first().waitFor();
  report.timings.list = Date.now() - started;
  await screenshot(page, 'list');
  const first = await rows.first().innerText();
  await page.getByRole('button', { name: 'Next' }).click();
  await otherThan(rows.first(), first);
  await page.getByRole('button', { name: 'Previous' }).click();
  await page.waitForFunction((text) => document.querySelector('.rows a').innerText === text, first);

  const all = await page.getByRole('status').innerText();
  await page.keyboard.press('/');
  await page.keyboard.type('oli smi');
  await otherThan(page.getByRole('status'), all);
  expect(await rows.allInnerTexts(), (texts) => texts.length > 0 && texts.every((text) => text.startsWith('Smith, Oliver')), 'a row that was not searched for');
  await screenshot(page, 'list-search');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.locator('h1').waitFor();
  await page.context().close();
}

/** The page of a patient: the order of the timeline, and what others write while it is open. */
async function patient() {
  const page = await open();
  await page.goto(`${siteURL}/#/Patient/p2`);
  const lines = page.locator('.timeline li');
  await lines.first().waitFor();
  const dates = await page.locator('.timeline time').evaluateAll((times) => times.map((time) => Date.parse(time.dateTime)));
  expect(dates, (d) => d.length > 5 && d.every((date, i) => i === 0 || d[i - 1] >= date), 'a timeline out of order');
  expect(await lines.evaluateAll((all) => [...new Set(all.map((line) => line.className))].length), (kinds) => kinds === 3, 'a kind is missing in the timeline');
  await screenshot(page, 'patient');

  await subscribed(page);
  const started = Date.now();
  await gateway(`mutation { ObservationUpdate(id: "frontend", resource: {status: "final", code: {text: "weight at the bedside"},
    subject: {reference: "Patient/p2"}, effectiveDateTime: "2026-01-02T03:04:05Z", valueQuantity: {value: 71.5, unit: "kg"}}) { version } }`);
  await page.locator('.timeline li', { hasText: 'weight at the bedside' }).getByText('new').waitFor();
  report.timings.liveObservation = Date.now() - started;
  await gateway('mutation { PatientPatch(id: "p2", patch: [{op: "add", path: "/telecom/0/value", value: "+1-555-LIVE"}]) { version } }');
  await page.locator('dd', { hasText: '+1-555-LIVE' }).waitFor();
  await screenshot(page, 'patient-live');
  await page.context().close();
}

/** Two edit one patient: who saves second sees both values and chooses. */
async function conflict() {
  const page = await open();
  await page.goto(`${siteURL}/#/Patient/p3`);
  await page.locator('h1').waitFor();
  await page.keyboard.press('e');
  await page.getByLabel('Family name').fill('Mine');
  await page.getByLabel('Date of birth').fill('1951-02-03');
  await screenshot(page, 'edit');
  await gateway(`mutation { PatientPatch(id: "p3", patch: [
    {op: "add", path: "/birthDate", value: "1952-03-04"}, {op: "add", path: "/gender", value: "other"}]) { version } }`);
  await page.getByRole('button', { name: 'Save' }).click();
  const dialog = page.getByRole('alertdialog', { name: 'Conflict' });
  await dialog.waitFor();
  for (const value of ['1951-02-03', '1952-03-04']) await dialog.getByText(value).waitFor();
  expect(await dialog.getByRole('group').count(), (fields) => fields === 1, 'a field that only one of them changed is in question');
  await screenshot(page, 'conflict');
  await dialog.getByRole('group', { name: 'Date of birth' }).getByRole('radio', { name: 'Theirs' }).check();
  await dialog.getByRole('button', { name: 'Save what is chosen' }).click();
  await page.getByRole('heading', { level: 1, name: /^Mine/ }).waitFor();
  await page.locator('dd', { hasText: '1952-03-04' }).waitFor();
  await page.locator('dd', { hasText: 'other' }).waitFor();
  const { Patient } = await gateway('{ Patient(id: "p3") { gender birthDate name { family } } }');
  expect(Patient, (p) => p.gender === 'other' && p.birthDate === '1952-03-04' && p.name[0].family === 'Mine', 'the stored patient is not what was chosen');
  await screenshot(page, 'conflict-saved');
  await page.context().close();
}

/** The gateway does not answer: the page says so, and recovers on request. */
async function unreachable() {
  const page = await open({ quiet: true });
  await page.route('**/graphql', (route) => route.abort());
  await page.goto(siteURL);
  const alert = page.getByRole('alert');
  await alert.waitFor();
  await screenshot(page, 'unreachable');
  await page.unroute('**/graphql');
  await alert.getByRole('button', { name: 'Try again' }).click();
  await page.locator('.rows a').first().waitFor();
  await page.context().close();
}

async function unknown() {
  const page = await open({ quiet: true });
  await page.goto(`${siteURL}/#/Patient/nobody`);
  await page.getByRole('alert').getByText('NOT_FOUND').waitFor();
  await screenshot(page, 'unknown');
  await page.context().close();
}

/** As wide as a telephone. */
async function narrow() {
  const page = await open({ viewport: { width: 390, height: 800 } });
  await page.goto(siteURL);
  await page.locator('.rows a').first().waitFor();
  await screenshot(page, 'narrow-list');
  await page.goto(`${siteURL}/#/Patient/p2`);
  await page.locator('.timeline li').first().waitFor();
  await screenshot(page, 'narrow-patient');
  expect(await page.evaluate(() => document.documentElement.scrollWidth), (width) => width <= 390, 'the page is wider than the screen');
  await page.context().close();
}

async function open({ quiet = false, viewport = { width: 1100, height: 900 } } = {}) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.sent = [];
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => page.sent.push(String(payload))));
  watch(page, new URL(siteURL).origin, report, { quiet, aborts: true });
  return page;
}

/** Waits until the page has asked for the subscriptions of a patient; what is written after the server has taken them arrives. */
async function subscribed(page) {
  while (page.sent.filter((frame) => frame.includes('"subscribe"')).length < 2) await page.evaluate(() => new Promise(requestAnimationFrame));
}

/** What somebody else asks of the gateway. */
async function gateway(query) {
  const response = await fetch(`${gatewayURL}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors.map(({ message }) => message).join('; '));
  return data;
}

async function otherThan(locator, text) {
  const element = await locator.elementHandle();
  await locator.page().waitForFunction(([e, t]) => e.isConnected ? e.innerText !== t : true, [element, text]);
}

function expect(value, holds, words) {
  if (!holds(value)) report.failures.push(`${words}: ${JSON.stringify(value)}`);
}

function screenshot(page, name) {
  return page.screenshot({ path: path.join(folder, `frontend-${name}.png`) });
}
