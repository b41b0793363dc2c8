import type { Fetcher, FetcherOpts, FetcherParams } from '@graphiql/toolkit';
import { Kind, parse } from 'graphql';

import { authorization } from './authorization';
import { planOf, type Answer, type ExplainMode } from './explain';
import { parseExact } from './json';

/** What the fetcher reads at the time of each query. */
export interface Settings {
  explain: ExplainMode;
  key: string;
}

/**
 * A fetcher for the endpoint beside the page. Its answers can be stopped
 * (GraphiQL's stop button aborts the request), and each is reported to
 * onAnswer as well, unchanged, for the explanation.
 */
export function createFetcher(settings: () => Settings, onAnswer: (answer: Answer) => void): Fetcher {
  return (params, options) => ({
    subscribe(observer: Observer) {
      const abort = new AbortController();
      run(params, options, settings(), abort.signal).then(
        ({ result, answer }) => {
          onAnswer(answer);
          observer.next(result);
          observer.complete();
        },
        (error: unknown) => {
          if (!abort.signal.aborted) observer.error(error);
        },
      );
      return { unsubscribe: () => abort.abort() };
    },
  }) as ReturnType<Fetcher>;
}

interface Observer {
  next(value: unknown): void;
  error(error: unknown): void;
  complete(): void;
}

async function run(params: FetcherParams, options: FetcherOpts | undefined, { explain, key }: Settings, signal: AbortSignal) {
  const started = performance.now();
  const operationName = operationOf(params);
  const response = await fetch('graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      ...authorization(key),
      ...(explain === 'off' ? {} : { 'x-heliograph-explain': explain }),
      ...(options?.headers as Record<string, string> | undefined),
    },
    body: JSON.stringify({ ...params, operationName }),
    signal,
  });
  const text = await response.text();
  const result = readResult(response, text);
  const answer: Answer = {
    operation: operationName ?? '',
    mode: explain,
    plan: planOf(result),
    status: response.status,
    bytes: text.length,
    milliseconds: performance.now() - started,
  };
  return { result, answer };
}

/**
 * The operation to run. GraphiQL learns of a tab's operations a moment after
 * the tab is chosen; a query run before that still has the last tab's name.
 */
function operationOf({ query, operationName }: FetcherParams): string | null | undefined {
  try {
    const operations = parse(query).definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    const names = operations.map(({ name }) => name?.value ?? null);
    return names.length === 1 ? names[0] : operationName;
  } catch {
    // The gateway says what is wrong with the query, and where.
    return operationName;
  }
}

/** A body that is not JSON (a proxy's error page, say) is shown as it came. */
function readResult(response: Response, text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return { status: response.status, statusText: response.statusText, body: text };
  }
}
