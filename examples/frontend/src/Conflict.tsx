import { useState } from 'react';

import { FIELDS, valuesOf, type Values } from './edit';
import type { PatientRecordFragment } from './generated/operations';
import { dateOf } from './words';

interface ConflictProps {
  mine: Values;
  conflict: { theirs: PatientRecordFragment; fields: readonly (keyof Values)[] };
  onResolve(over: PatientRecordFragment, keep: readonly (keyof Values)[]): void;
  onClose(): void;
}

/** Somebody else saved first: both values of each field that is in question, and the choice. */
export function Conflict({ mine, conflict: { theirs, fields }, onResolve, onClose }: ConflictProps) {
  const [keep, setKeep] = useState<ReadonlySet<keyof Values>>(new Set(fields));
  const choose = (name: keyof Values, isMine: boolean) => {
    const next = new Set(keep);
    if (isMine) next.add(name);
    else next.delete(name);
    setKeep(next);
  };
  const stored = valuesOf(theirs);
  return (
    <section className="conflict" role="alertdialog" aria-label="Conflict">
      <h3>Somebody else saved this patient meanwhile</h3>
      <p className="quiet">
        Version {theirs.meta?.versionId}, {dateOf(theirs.meta?.lastUpdated)}. What only one of you changed is kept.
        {fields.length === 0 && ' Nothing was changed by both.'}
      </p>
      {FIELDS.filter(({ name }) => fields.includes(name)).map(({ name, label }) => (
        <fieldset key={name}>
          <legend>{label}</legend>
          <Choice name={name} label="Yours" value={mine[name]} checked={keep.has(name)} onChoose={() => choose(name, true)} />
          <Choice name={name} label="Theirs" value={stored[name]} checked={!keep.has(name)} onChoose={() => choose(name, false)} />
        </fieldset>
      ))}
      <div className="actions">
        <button className="main" autoFocus onClick={() => onResolve(theirs, [...keep])}>
          Save what is chosen
        </button>
        <button onClick={onClose}>Discard mine</button>
      </div>
    </section>
  );
}

interface ChoiceProps {
  name: string;
  label: string;
  value: string;
  checked: boolean;
  onChoose(): void;
}

function Choice({ name, label, value, checked, onChoose }: ChoiceProps) {
  return (
    <label>
      <input type="radio" name={`conflict-${name}`} checked={checked} onChange={onChoose} />
      <span className="quiet">{label}</span>
      <b>{value || '(empty)'}</b>
    </label>
  );
}
