import type { PatientRecordFragment } from './generated/operations';

/** What the form edits; an empty text is what is not there. */
export interface Values {
  family: string;
  given: string;
  gender: string;
  birthDate: string;
  phone: string;
}

/** The fields in the order of the form. */
export const FIELDS: readonly { name: keyof Values; label: string }[] = [
  { name: 'family', label: 'Family name' },
  { name: 'given', label: 'Given names' },
  { name: 'gender', label: 'Gender' },
  { name: 'birthDate', label: 'Date of birth' },
  { name: 'phone', label: 'Telephone' },
];

/** An operation of a JSON Patch (RFC 6902). */
export type Operation = { op: 'add'; path: string; value: unknown } | { op: 'remove'; path: string };

/** What a record says in the form's fields. */
export function valuesOf(patient: PatientRecordFragment): Values {
  const name = patient.name?.[nameIndex(patient)];
  return {
    family: name?.family ?? '',
    given: name?.given?.join(' ') ?? '',
    gender: patient.gender ?? '',
    birthDate: patient.birthDate ?? '',
    phone: patient.telecom?.[phoneIndex(patient)]?.value ?? '',
  };
}

/** The fields in which two differ. */
export function differing(a: Values, b: Values): (keyof Values)[] {
  return FIELDS.map(({ name }) => name).filter((name) => a[name] !== b[name]);
}

/** The fields that both sides changed, each to something else. */
export function inQuestion(before: Values, mine: Values, theirs: Values): (keyof Values)[] {
  const changed = differing(before, mine);
  return differing(mine, theirs).filter((name) => changed.includes(name) && before[name] !== theirs[name]);
}

/** The patch that makes a record say these values; what they leave alone stays as it is, byte for byte. */
export function patchOf(patient: PatientRecordFragment, values: Values): Operation[] {
  const changed = differing(valuesOf(patient), values);
  const patch: Operation[] = [];
  for (const name of ['gender', 'birthDate'] as const) {
    if (changed.includes(name)) patch.push(set(`/${name}`, values[name]));
  }
  if (changed.includes('family') || changed.includes('given')) patch.push(...namePatch(patient, values, changed));
  if (changed.includes('phone')) patch.push(phonePatch(patient, values.phone));
  return patch;
}

function namePatch(patient: PatientRecordFragment, { family, given }: Values, changed: readonly (keyof Values)[]): Operation[] {
  const names = given.split(/\s+/).filter(Boolean);
  const index = nameIndex(patient);
  const old = patient.name?.[index];
  if (!old) return [{ op: 'add', path: '/name', value: [{ use: 'official', ...(family && { family }), ...(names.length > 0 && { given: names }) }] }];
  const patch: Operation[] = [];
  if (changed.includes('family')) patch.push(set(`/name/${index}/family`, family));
  if (changed.includes('given')) patch.push(set(`/name/${index}/given`, names));
  if (old.text !== null) patch.push(set(`/name/${index}/text`, [...names, family].filter(Boolean).join(' ')));
  return patch;
}

function phonePatch(patient: PatientRecordFragment, value: string): Operation {
  const index = phoneIndex(patient);
  if (index >= 0) return value === '' ? { op: 'remove', path: `/telecom/${index}` } : { op: 'add', path: `/telecom/${index}/value`, value };
  const phone = { system: 'phone', value };
  return patient.telecom ? { op: 'add', path: '/telecom/-', value: phone } : { op: 'add', path: '/telecom', value: [phone] };
}

// FHIR has no empty values: what is emptied is removed. Adding a member that is there replaces it.
function set(path: string, value: string | string[]): Operation {
  return value.length === 0 ? { op: 'remove', path } : { op: 'add', path, value };
}

function nameIndex({ name }: PatientRecordFragment): number {
  return Math.max(0, name?.findIndex((n) => n?.use === 'official') ?? 0);
}

function phoneIndex({ telecom }: PatientRecordFragment): number {
  return telecom?.findIndex((t) => t?.system === 'phone') ?? -1;
}
