import type { FormEvent, KeyboardEvent } from 'react';

import { Conflict } from './Conflict';
import { FIELDS, type Values } from './edit';
import type { PatientRecordFragment } from './generated/operations';
import { Problem } from './Problem';
import { useEdit } from './useEdit';

const GENDERS = ['', 'female', 'male', 'other', 'unknown'];

interface EditPatientProps {
  patient: PatientRecordFragment;
  onClose(): void;
}

/** The form of a record. Escape closes it. */
export function EditPatient({ patient, onClose }: EditPatientProps) {
  const edit = useEdit(patient, onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    edit.save();
  };
  const onKeyDown = (event: KeyboardEvent) => event.key === 'Escape' && onClose();
  if (edit.conflict) {
    return <Conflict mine={edit.mine} conflict={edit.conflict} onResolve={edit.resolve} onClose={onClose} />;
  }
  return (
    <form className="edit" aria-label="Edit" onSubmit={submit} onKeyDown={onKeyDown}>
      {FIELDS.map(({ name, label }, index) => (
        <label key={name}>
          {label}
          <Field name={name} value={edit.mine[name]} first={index === 0} onChange={(value) => edit.set({ [name]: value })} />
        </label>
      ))}
      {edit.error && <Problem error={edit.error} onRetry={edit.save} />}
      <div className="actions">
        <button type="submit" className="main" disabled={edit.saving}>
          {edit.saving ? 'Saving…' : 'Save'}
        </button>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
      </div>
    </form>
  );
}

interface FieldProps {
  name: keyof Values;
  value: string;
  first: boolean;
  onChange(value: string): void;
}

function Field({ name, value, first, onChange }: FieldProps) {
  if (name === 'gender') {
    return (
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        {GENDERS.map((gender) => (
          <option key={gender}>{gender}</option>
        ))}
      </select>
    );
  }
  // FHIR's dates may be partial (1950, 1950-03), which a date picker cannot say.
  const pattern = name === 'birthDate' ? { pattern: '\\d{4}(-\\d{2}(-\\d{2})?)?', title: '1950, 1950-03 or 1950-03-21' } : {};
  return <input autoFocus={first} autoComplete="off" value={value} onChange={(event) => onChange(event.target.value)} {...pattern} />;
}
