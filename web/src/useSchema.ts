import { useCallback, useEffect, useState } from 'react';

import { loadSchema, type LoadedSchema, type Scope } from './schema';

/** Where loading the schema stands. */
export type SchemaState =
  | { phase: 'loading' }
  | { phase: 'ready'; loaded: LoadedSchema }
  | { phase: 'failed'; error: Error };

/** The schema of a scope, loaded again whenever scope or key change or reload is called. */
export function useSchema(scope: Scope, key: string): { state: SchemaState; reload(): void } {
  const [state, setState] = useState<SchemaState>({ phase: 'loading' });
  const [round, setRound] = useState(0);

  useEffect(() => {
    const abort = new AbortController();
    setState({ phase: 'loading' });
    loadSchema(scope, key, abort.signal).then(
      (loaded) => setState({ phase: 'ready', loaded }),
      (error: unknown) => {
        if (!abort.signal.aborted) setState({ phase: 'failed', error: asError(error) });
      },
    );
    return () => abort.abort();
  }, [scope, key, round]);

  const reload = useCallback(() => setRound((n) => n + 1), []);
  return { state, reload };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
