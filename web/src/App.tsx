import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import type { GraphQLType } from 'graphql';
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';

import { examplesPlugin } from './ExamplesPlugin';
import { exampleTab, firstExamples } from './examples';
import type { Answer, ExplainMode } from './explain';
import { ExplainPane } from './ExplainPane';
import { createFetcher } from './fetcher';
import { Header } from './Header';
import { leafsOf } from './leafs';
import type { Scope } from './schema';
import { SchemaProblem } from './SchemaProblem';
import { TabEndpoint } from './TabEndpoint';
import { useEndpoint } from './useEndpoint';
import { useSchema } from './useSchema';

/** The page. patientId is the id that the examples read by; null when none is known. */
export function App({ patientId }: { patientId: string | null }) {
  const [scope, setScope] = useState<Scope>('data');
  const [explain, setExplain] = useState<ExplainMode>('plan');
  const [key, setKey] = useState('');
  const { endpoint, current, choose, watch } = useEndpoint();
  const [answer, setAnswer] = useState<Answer | null>(null);
  const { state, reload } = useSchema(scope, key);
  useRefetchButton(reload);

  // The fetcher stays the same object, for GraphiQL sets its schema anew when
  // it changes; it reads the settings at the time of each query.
  const settings = useRef({ explain, key });
  settings.current = { explain, key };
  const fetcher = useMemo(() => createFetcher(() => settings.current, setAnswer), []);
  const leafs = useCallback((type: GraphQLType) => (current.current.kind === 'strict' ? leafsOf(type) : []), [current]);
  const tabs = useMemo(() => firstExamples.map((example) => exampleTab(example, patientId)), [patientId]);
  const plugins = useMemo(() => [HISTORY_PLUGIN, examplesPlugin(patientId)], [patientId]);

  return (
    <>
      <Header
        state={state}
        endpoint={endpoint}
        onEndpoint={choose}
        patientId={patientId}
        scope={scope}
        onScope={setScope}
        explain={explain}
        onExplain={setExplain}
      />
      {state.phase === 'failed' && <SchemaProblem error={state.error} onRetry={reload} onKey={setKey} />}
      <main>
        <GraphiQL
          fetcher={fetcher}
          schema={state.phase === 'ready' ? state.loaded.schema : null}
          dangerouslyAssumeSchemaIsValid
          defaultTabs={tabs}
          plugins={plugins}
          getDefaultFieldNames={leafs}
          defaultEditorToolsVisibility="variables"
          shouldPersistHeaders={false}
        >
          <GraphiQL.Logo>{null}</GraphiQL.Logo>
          <GraphiQL.Toolbar>{Tools}</GraphiQL.Toolbar>
          <GraphiQL.Footer>
            <TabEndpoint {...watch} />
            <ExplainPane answer={answer} mode={explain} />
          </GraphiQL.Footer>
        </GraphiQL>
      </main>
    </>
  );
}

// GraphiQL's tools but the one that merges fragments: it drops comments, and with them the endpoint.
function Tools({ prettify, copy }: { prettify: ReactNode; copy: ReactNode }) {
  return (
    <>
      {prettify}
      {copy}
    </>
  );
}

// GraphiQL's own button and shortcut for fetching the schema do nothing when
// the page provides it, so both are answered here.
function useRefetchButton(reload: () => void): void {
  useEffect(() => {
    const abort = new AbortController();
    const options = { signal: abort.signal };
    document.addEventListener(
      'click',
      ({ target }) => {
        if (target instanceof Element && target.closest('button[aria-label^="Re-fetch GraphQL schema"]')) reload();
      },
      options,
    );
    document.addEventListener('keydown', (event) => event.ctrlKey && event.key === 'R' && reload(), options);
    return () => abort.abort();
  }, [reload]);
}
