import type { Answer } from './explain';
import type { Request } from './fetcher';
import { keepDigits } from './json';

/** What GraphiQL shows results through. */
export interface Observer {
  next(value: unknown): void;
  error(error: unknown): void;
  complete(): void;
}

/** How many events are shown; the count goes on. */
const SHOWN = 50;

/**
 * Runs a subscription over graphql-transport-ws until it ends or the signal aborts, and shows its events, newest first. A connection
 * that breaks ends it with an error and is not made anew: events would be missed in silence. The library is loaded at the first one.
 */
export async function subscribe(request: Request, observer: Observer, onAnswer: (answer: Answer) => void, signal: AbortSignal): Promise<void> {
  if (request.endpoint.kind !== 'strict') throw new Error('Subscriptions are at /graphql: choose that endpoint.');
  const { createClient } = await import('graphql-ws');
  signal.throwIfAborted();
  const show = display(request, observer, onAnswer);
  const client = createClient({
    url: new URL('graphql', location.href).href.replace(/^http/, 'ws'),
    connectionParams: connectionParams(request.headers),
    retryAttempts: 0,
    jsonMessageReviver: keepDigits,
    on: { connected: () => show.state('open') },
  });
  const { query, variables } = request.params;
  const payload = { query, variables: variables as Record<string, unknown> | undefined, operationName: request.operation };
  await new Promise<void>((resolve, reject) => {
    const end = client.subscribe(payload, {
      next: show.event,
      error: (error) => reject(asError(error)),
      complete: () => resolve(),
    });
    signal.addEventListener('abort', end);
  }).finally(() => client.dispose());
  // Who stopped it may look at another tab by now, whose response this would replace.
  if (signal.aborted) return;
  show.state('ended');
  observer.complete();
}

function display({ operation, endpoint }: Request, observer: Observer, onAnswer: (answer: Answer) => void) {
  const started = performance.now();
  const events: unknown[] = [];
  let received = 0;
  let bytes = 0;
  const show = (state: string) => {
    observer.next({ subscription: state, received, shown: events.length, newestFirst: events });
    onAnswer({
      operation: operation ?? '',
      path: endpoint.kind === 'strict' ? '/graphql' : '',
      mode: 'off',
      plan: '',
      status: 200,
      bytes,
      milliseconds: performance.now() - started,
      events: received,
    });
  };
  return {
    state: show,
    event(event: unknown) {
      received++;
      bytes += JSON.stringify(event).length;
      events.unshift(event);
      events.length = Math.min(events.length, SHOWN);
      show('open');
    },
  };
}

/** The headers that say who asks go with the connection: a WebSocket of a browser has no headers of its own. */
function connectionParams(headers: Record<string, string>): Record<string, string> {
  const authorization = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization');
  return authorization === undefined ? {} : { Authorization: authorization[1] };
}

/** The error as GraphiQL shows it: GraphQL's own errors as they are, else one with the code and reason of the close. */
function asError(error: unknown): unknown {
  if (Array.isArray(error) || error instanceof Error) return error;
  if (error instanceof CloseEvent) return new Error(`The connection was closed: ${error.code} ${error.reason || 'without a reason'}.`);
  return new Error('The connection could not be made.');
}
