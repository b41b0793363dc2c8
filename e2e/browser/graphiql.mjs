// What a user does in GraphiQL, and what one sees.

// GraphiQL's tabs: their text has the titles of icons in it, so they go by their title.
export const TABS = 'button[id^="graphiql-session-tab-"]';
export const EDITOR_INPUT = '.graphiql-query-editor .monaco-editor textarea';
const WRONG = '.graphiql-query-editor .squiggly-error';

export function schemaReady(page) {
  return page.locator('[data-schema="ready"]').waitFor({ state: 'attached' });
}

export function editorShows(page, text) {
  return page.waitForFunction((t) => document.querySelector('.graphiql-query-editor .view-lines')?.textContent.includes(t), text);
}

export function responseShows(page, text) {
  return page.waitForFunction((t) => document.querySelector('.graphiql-response .view-lines')?.textContent.includes(t), text);
}

/** Opens a tab with a query, put in at once so that the editor closes no bracket itself. */
export async function typeQuery(page, query) {
  await page.getByRole('button', { name: 'New tab' }).click();
  await page.locator(EDITOR_INPUT).first().focus();
  await page.keyboard.insertText(query);
}

/** Runs the query of the tab and gives the answer of the endpoint at path. */
export async function execute(page) {
  const answered = page.waitForResponse((r) => r.request().method() === 'POST' && /graphql$/.test(new URL(r.url()).pathname));
  await page.getByRole('button', { name: /^Execute query/ }).click();
  const response = await answered;
  return { path: decodeURIComponent(new URL(response.url()).pathname), body: await response.json() };
}

/** Waits until the editor marks a mistake, or until it marks none. */
export function marked(page, wrong) {
  const marks = page.locator(WRONG).first();
  return wrong ? marks.waitFor() : marks.waitFor({ state: 'detached' });
}

/** The plan that is shown; empty when none is. */
export async function planText(page) {
  const plan = page.locator('#explain-text');
  return (await plan.getAttribute('data-empty')) === 'false' ? await plan.textContent() : '';
}

/** Opens the pane of examples unless it is open. */
export async function openExamples(page) {
  const pane = page.getByRole('region', { name: 'Examples', exact: true });
  if (!(await pane.isVisible())) await page.getByRole('button', { name: 'Show Examples' }).click();
  await pane.waitFor();
  return pane;
}
