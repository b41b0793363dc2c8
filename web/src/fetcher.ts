import type { Fetcher, FetcherOpts, FetcherParams } from '@graphiql/toolkit';

import { authorization } from './authorization';
import { addressOf, endpointOf, pathOf, type Endpoint } from './endpoint';
import { planOf, type Answer, type ExplainMode } from './explain';
import { parseExact } from './json';
import { operationOf } from './operation';
import { subscribe, type Observer } from './subscription';

/** What the fetcher reads at the time of each query. */
export interface Settings {
  explain: ExplainMode;
  key: string;
}

/**
 * A fetcher for the endpoint that each query names. Its answers can be stopped (GraphiQL's stop button aborts the request or ends the
 * subscription), and each is reported to onAnswer as well, unchanged, for the explanation.
 */
export function createFetcher(settings: () => Settings, onAnswer: (answer: Answer) => void): Fetcher {
  return (params, options) => ({
    subscribe(observer: Observer) {
      const abort = new AbortController();
      const request = requestOf(params, options, settings());
      const running = request.subscription ? subscribe(request, observer, onAnswer, abort.signal) : ask(request, observer, onAnswer, abort.signal);
      running.catch((error: unknown) => {
        if (!abort.signal.aborted) observer.error(error);
      });
      return { unsubscribe: () => abort.abort() };
    },
  }) as ReturnType<Fetcher>;
}

/** A query with where it goes and what goes with it. */
export interface Request extends Settings {
  params: FetcherParams;
  headers: Record<string, string>;
  endpoint: Endpoint;
  operation: string | null | undefined;
  subscription: boolean;
}

function requestOf(params: FetcherParams, options: FetcherOpts | undefined, settings: Settings): Request {
  const { name, subscription } = operationOf(params.query, params.operationName);
  const headers = { ...authorization(settings.key), ...(options?.headers as Record<string, string> | undefined) };
  return { ...settings, params, headers, endpoint: endpointOf(params.query), operation: name, subscription };
}

async function ask(request: Request, observer: Observer, onAnswer: (answer: Answer) => void, signal: AbortSignal): Promise<void> {
  const { result, answer } = await send(request, signal);
  onAnswer(answer);
  observer.next(result);
  observer.complete();
}

async function send({ params, headers, endpoint, operation, explain }: Request, signal: AbortSignal) {
  const started = performance.now();
  const strict = endpoint.kind === 'strict';
  const response = await fetch(addressOf(endpoint), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: strict ? 'application/graphql-response+json, application/json;q=0.9' : 'application/json',
      ...(explain === 'off' ? {} : { 'x-heliograph-explain': explain }),
      ...headers,
    },
    body: JSON.stringify({ ...params, operationName: operation }),
    signal,
  });
  const text = await response.text();
  const result = readResult(response, text);
  const answer: Answer = {
    operation: operation ?? '',
    path: pathOf(endpoint),
    mode: explain,
    plan: planOf(result),
    status: response.status,
    bytes: text.length,
    milliseconds: performance.now() - started,
    events: null,
  };
  return { result, answer };
}

/** A body that is not JSON (a proxy's error page, say) is shown as it came. */
function readResult(response: Response, text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return { status: response.status, statusText: response.statusText, body: text };
  }
}
