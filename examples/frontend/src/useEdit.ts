import type { ErrorLike } from '@apollo/client';
import { useApolloClient, useMutation } from '@apollo/client/react';
import { useState } from 'react';

import { differing, inQuestion, patchOf, valuesOf, type Values } from './edit';
import { PatientDocument, SavePatientDocument, type PatientRecordFragment } from './generated/operations';
import { codeOf } from './Problem';

/** The editing of a record: it is written only over the version that the user has seen. */
export function useEdit(patient: PatientRecordFragment, onSaved: () => void) {
  // What the user has seen: the record of when the form was opened, later that of a conflict. It does not follow live changes.
  const [seen, setSeen] = useState(patient);
  const [mine, setMine] = useState(() => valuesOf(patient));
  const [theirs, setTheirs] = useState<PatientRecordFragment | null>(null);
  const [error, setError] = useState<ErrorLike | null>(null);
  const [write, { loading }] = useMutation(SavePatientDocument);
  const client = useApolloClient();

  const save = async (over: PatientRecordFragment, values: Values) => {
    const patch = patchOf(over, values);
    if (patch.length === 0) return onSaved();
    const variables = { id: over.id ?? '', version: over.meta?.versionId ?? '', patch };
    const { error } = await write({ variables, errorPolicy: 'all' }).catch((error: ErrorLike) => ({ error }));
    if (!error) return onSaved();
    if (codeOf(error) !== 'CONFLICT') return setError(error);
    const { data, error: unread } = await client.query({ query: PatientDocument, variables: { id: variables.id }, fetchPolicy: 'network-only', errorPolicy: 'all' });
    if (data?.Patient) setTheirs(data.Patient);
    else setError(unread ?? error);
  };
  const attempt = (over: PatientRecordFragment, values: Values) => {
    setError(null);
    setTheirs(null);
    void save(over, values);
  };

  return {
    mine,
    set: (change: Partial<Values>) => setMine({ ...mine, ...change }),
    saving: loading,
    error,
    conflict: theirs && { theirs, fields: inQuestion(valuesOf(seen), mine, valuesOf(theirs)) },
    save: () => attempt(seen, mine),
    /** Writes again over what is stored now: what only one side changed is kept, and of the fields in question those of mine that are named. */
    resolve(over: PatientRecordFragment, keep: readonly (keyof Values)[]) {
      const before = valuesOf(seen);
      const now = valuesOf(over);
      const lost = inQuestion(before, mine, now).filter((name) => !keep.includes(name));
      const kept = differing(before, mine).filter((name) => !lost.includes(name));
      const values = { ...now, ...Object.fromEntries(kept.map((name) => [name, mine[name]])) };
      setSeen(over);
      setMine(values);
      attempt(over, values);
    },
  };
}
