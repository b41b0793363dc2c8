import { EXPLAIN_MODES, type ExplainMode } from './explain';
import type { Scope } from './schema';
import type { SchemaState } from './useSchema';

interface HeaderProps {
  state: SchemaState;
  scope: Scope;
  onScope(scope: Scope): void;
  explain: ExplainMode;
  onExplain(mode: ExplainMode): void;
}

/** The bar above GraphiQL: the name, which schema it works with, and what to explain. */
export function Header({ state, scope, onScope, explain, onExplain }: HeaderProps) {
  return (
    <header className="hg-header">
      <img src="favicon.svg" alt="" width="24" height="24" />
      <h1>Heliograph</h1>
      <span className="hg-badge">FHIR R4</span>
      <div className="hg-controls">
        <SchemaStatus state={state} />
        <label className="hg-field">
          Schema
          <select value={scope} onChange={(event) => onScope(event.target.value as Scope)}>
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

function SchemaStatus({ state }: { state: SchemaState }) {
  return (
    <span className="hg-status" role="status" data-schema={state.phase}>
      {statusText(state)}
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
