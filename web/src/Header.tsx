import { useMemo } from 'react';

import type { Endpoint } from './endpoint';
import { EndpointControl } from './EndpointControl';
import { EXPLAIN_MODES, type ExplainMode } from './explain';
import type { Scope } from './schema';
import type { SchemaState } from './useSchema';

interface HeaderProps {
  state: SchemaState;
  endpoint: Endpoint;
  onEndpoint(endpoint: Endpoint): void;
  patientId: string | null;
  scope: Scope;
  onScope(scope: Scope): void;
  explain: ExplainMode;
  onExplain(mode: ExplainMode): void;
}

/** The bar above GraphiQL: the name, the endpoint of the tab, which schema its editor works with, and what to explain. */
export function Header({ state, endpoint, onEndpoint, patientId, scope, onScope, explain, onExplain }: HeaderProps) {
  const types = useMemo(() => typesOf(state), [state]);
  const checked = endpoint.kind === 'strict';
  return (
    <header className="hg-header">
      <img src="favicon.svg" alt="" width="24" height="24" />
      <h1>Heliograph</h1>
      <span className="hg-badge">FHIR R4</span>
      <EndpointControl endpoint={endpoint} onEndpoint={onEndpoint} types={types} patientId={patientId} />
      <div className="hg-controls">
        <SchemaStatus state={state} checked={checked} />
        <label className="hg-field">
          Schema
          <select value={scope} disabled={!checked} onChange={(event) => onScope(event.target.value as Scope)}>
            <option value="data">types that hold data</option>
            <option value="all">all types</option>
          </select>
        </label>
        <fieldset className="hg-segments">
          <legend>Explain</legend>
          {EXPLAIN_MODES.map((mode) => (
            <label key={mode}>
              <input type="radio" name="explain" value={mode} checked={mode === explain} onChange={() => onExplain(mode)} />
              <span>{mode}</span>
            </label>
          ))}
        </fieldset>
      </div>
    </header>
  );
}

function SchemaStatus({ state, checked }: { state: SchemaState; checked: boolean }) {
  return (
    <span className="hg-status" role="status" data-schema={state.phase}>
      {checked ? statusText(state) : 'checked by the server'}
    </span>
  );
}

function statusText(state: SchemaState): string {
  switch (state.phase) {
    case 'loading':
      return 'loading the schema…';
    case 'failed':
      return 'no schema';
    case 'ready': {
      const { types, bytes, milliseconds } = state.loaded;
      return `${types.toLocaleString('en')} types · ${(bytes / 1e6).toFixed(1)} MB · ${(milliseconds / 1000).toFixed(2)} s`;
    }
  }
}

// The types that can be read are those that have a list.
function typesOf(state: SchemaState): string[] {
  if (state.phase !== 'ready') return [];
  const fields = state.loaded.schema.getQueryType()?.getFields() ?? {};
  return Object.keys(fields).flatMap((name) => (name.endsWith('List') ? [name.slice(0, -'List'.length)] : []));
}
