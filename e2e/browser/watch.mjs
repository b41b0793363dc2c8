/**
 * Records into the report every request of the page, and as failures each one
 * to another origin and whatever the console calls an error (a breach of the
 * Content-Security-Policy is one). Quiet leaves the console's errors out, for
 * pages whose requests are made to fail; aborts lets the page give its own
 * requests up, as Apollo Client does with what is no longer asked for.
 */
export function watch(page, origin, report, { quiet = false, aborts = false } = {}) {
  page.on('request', (request) => {
    report.requests++;
    const url = new URL(request.url());
    if (url.protocol === 'data:' || url.origin === origin) return;
    report.failures.push(`request to another origin: ${request.url().slice(0, 200)}`);
  });
  page.on('pageerror', (error) => report.failures.push(`uncaught: ${error.message}`));
  if (quiet) return;
  page.on('console', (message) => {
    if (message.type() === 'error') report.failures.push(`console: ${message.text()}`);
  });
  page.on('requestfailed', (request) => {
    if (aborts && request.failure()?.errorText === 'net::ERR_ABORTED') return;
    report.failures.push(`failed: ${request.url().slice(0, 200)} ${request.failure()?.errorText}`);
  });
}
