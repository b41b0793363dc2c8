import { useQuery, useSubscription } from '@apollo/client/react';
import { useEffect, useState } from 'react';

import { EditPatient } from './EditPatient';
import { PatientChangedDocument, PatientDocument, type PatientRecordFragment } from './generated/operations';
import { Problem } from './Problem';
import { Timeline } from './Timeline';
import { dateOf, nameOf } from './words';

/** A patient: the record, its form, and the timeline. Changes that others make appear by themselves. */
export function PatientPage({ id }: { id: string }) {
  const { data, loading, error, refetch } = useQuery(PatientDocument, { variables: { id }, fetchPolicy: 'cache-and-network' });
  const [deleted, setDeleted] = useState(false);
  // The event carries the record, which the cache keeps under its nodeId: what shows it changes.
  useSubscription(PatientChangedDocument, {
    variables: { id },
    onData: ({ data: { data: event } }) => setDeleted(event?.PatientChanged.kind === 'deleted'),
  });
  const patient = data?.Patient;
  return (
    <article className="patient" aria-busy={loading}>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {deleted && (
        <p className="problem" role="alert">
          This patient was deleted.
        </p>
      )}
      {!patient && loading && <p className="quiet">Reading the patient…</p>}
      {patient && <Record patient={patient} />}
      {patient && <Timeline id={id} />}
    </article>
  );
}

function Record({ patient }: { patient: PatientRecordFragment }) {
  const [editing, setEditing] = useState(false);
  useEditKey(() => setEditing(true));
  return (
    <section className="record" aria-label="Record">
      <div className="heading">
        <h1>{nameOf(patient)}</h1>
        <span className="quiet">
          version {patient.meta?.versionId}, {dateOf(patient.meta?.lastUpdated)}
        </span>
        {!editing && <button onClick={() => setEditing(true)}>Edit (e)</button>}
      </div>
      {editing ? <EditPatient patient={patient} onClose={() => setEditing(false)} /> : <Facts patient={patient} />}
    </section>
  );
}

function Facts({ patient }: { patient: PatientRecordFragment }) {
  const address = patient.address?.[0];
  const facts = [
    ['Id', patient.id],
    ['Gender', patient.gender],
    ['Date of birth', patient.birthDate],
    ['Contact', patient.telecom?.map((t) => t?.value).join(', ')],
    ['Address', address && [address.line?.join(' '), address.postalCode, address.city].filter(Boolean).join(', ')],
    ['Practitioner', patient.generalPractitioner?.map((p) => practitionerOf(p)).join(', ')],
  ].filter(([, value]) => value);
  return (
    <dl>
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

type GeneralPractitioner = NonNullable<PatientRecordFragment['generalPractitioner']>[number];

function practitionerOf(reference: GeneralPractitioner): string {
  const resource = reference?.resource;
  const name = resource && 'name' in resource ? resource.name?.[0]?.text : undefined;
  return name ?? reference?.display ?? '';
}

/** E begins to edit, unless something is being typed. */
function useEditKey(edit: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'e' || event.ctrlKey || event.metaKey || event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) return;
      event.preventDefault();
      edit();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });
}
