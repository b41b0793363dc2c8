import { useEffect, useRef, useState, type KeyboardEvent } from 'react';

import type { PatientRowFragment } from './generated/operations';
import { patientHref } from './place';
import { Problem } from './Problem';
import { useDebounced } from './useDebounced';
import { usePatients } from './usePatients';
import { nameOf } from './words';

/** The list of patients with a search that follows what is typed. */
export function PatientList() {
  const [typed, setTyped] = useState('');
  const list = usePatients(useDebounced(typed.trim(), 200));
  const search = useSearchKey();
  return (
    <section className="list" aria-busy={list.loading} onKeyDown={moveFocus}>
      <div className="tools">
        <input
          ref={search}
          type="search"
          aria-label="Search by name"
          placeholder="Search by name ( / )"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <span className="quiet" role="status">
          {list.count === null ? '' : `${list.count} ${list.count === 1 ? 'patient' : 'patients'}`}
        </span>
      </div>
      {list.error && <Problem error={list.error} onRetry={list.retry} />}
      {list.patients === null && list.loading && <p className="quiet">Reading the patients…</p>}
      {list.patients !== null && <Rows patients={list.patients} />}
      <nav className="pages" aria-label="Pages">
        <button disabled={list.previous === null} onClick={() => list.previous?.()}>
          Previous
        </button>
        <button disabled={list.next === null} onClick={() => list.next?.()}>
          Next
        </button>
      </nav>
    </section>
  );
}

function Rows({ patients }: { patients: readonly PatientRowFragment[] }) {
  if (patients.length === 0) return <p className="quiet">No patient has such a name.</p>;
  return (
    <ul className="rows">
      {patients.map((patient) => (
        <li key={patient.nodeId}>
          <a href={patientHref(patient.id ?? '')}>
            <b>{nameOf(patient)}</b>
            <span>{patient.gender}</span>
            <span>{patient.birthDate}</span>
            <code>{patient.id}</code>
          </a>
        </li>
      ))}
    </ul>
  );
}

/** The search box; a slash puts the cursor into it from anywhere. */
function useSearchKey() {
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key !== '/' || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      search.current?.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return search;
}

/** The arrows move between the search box and the rows. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('input[type=search], .rows a')];
  const next = stops[stops.indexOf(document.activeElement as HTMLElement) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
