import { useState, type FormEvent } from 'react';

import { Unauthenticated } from './schema';

interface SchemaProblemProps {
  error: Error;
  onRetry(): void;
  onKey(key: string): void;
}

/** Says why there is no schema, with the way out: try again, or give a key. */
export function SchemaProblem({ error, onRetry, onKey }: SchemaProblemProps) {
  return (
    <div className="hg-problem" role="alert">
      <p>
        <strong>The schema could not be loaded.</strong> {error.message.replace(/\.?$/, '.')} Queries
        still run; there is no completion and no documentation.
      </p>
      {error instanceof Unauthenticated ? <KeyForm onKey={onKey} /> : <button onClick={onRetry}>Try again</button>}
    </div>
  );
}

/** The key stays in the page's memory only: it is gone with the tab. */
function KeyForm({ onKey }: { onKey(key: string): void }) {
  const [value, setValue] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onKey(value.trim());
  };
  return (
    <form onSubmit={submit}>
      <label className="hg-field">
        Key
        <input type="password" autoComplete="off" value={value} onChange={(event) => setValue(event.target.value)} />
      </label>
      <button type="submit">Use</button>
    </form>
  );
}
