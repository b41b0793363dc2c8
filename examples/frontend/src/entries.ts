import type { TimelineQuery } from './generated/operations';
import { quantityOf, wordsOf } from './words';

type Patient = NonNullable<TimelineQuery['Patient']>;
type Of<L> = NonNullable<NonNullable<L> extends readonly (infer E)[] ? E : never>;

/** Something that happened to a patient. */
export interface Entry {
  key: string;
  kind: 'encounter' | 'condition' | 'observation';
  /** A FHIR date or time, as exact as it was written; empty when it is not known. */
  date: string;
  title: string;
  detail: string;
}

/** What a patient's encounters, conditions and observations say, newest first; what has no date comes last. */
export function entriesOf(patient: Patient): Entry[] {
  const entries = [
    ...(patient.EncounterList ?? []).flatMap((e) => (e ? [encounter(e)] : [])),
    ...(patient.ConditionList ?? []).flatMap((c) => (c ? [condition(c)] : [])),
    ...(patient.ObservationList ?? []).flatMap((o) => (o ? [observation(o)] : [])),
  ];
  return entries.sort((a, b) => moment(b.date) - moment(a.date) || a.key.localeCompare(b.key));
}

// FHIR's partial dates (2019, 2019-03) count from their beginning, as Date.parse has it.
function moment(date: string): number {
  return date === '' ? Number.NEGATIVE_INFINITY : Date.parse(date);
}

function encounter(e: Of<Patient['EncounterList']>): Entry {
  return {
    key: e.nodeId,
    kind: 'encounter',
    date: e.period?.start ?? '',
    title: wordsOf(e.type?.[0]) || 'Encounter',
    detail: [e.class?.display ?? e.class?.code, wordsOf(e.reasonCode?.[0]), e.status].filter(Boolean).join(' · '),
  };
}

function condition(c: Of<Patient['ConditionList']>): Entry {
  return {
    key: c.nodeId,
    kind: 'condition',
    date: c.recordedDate ?? c.onsetDateTime ?? '',
    title: wordsOf(c.code) || 'Condition',
    detail: c.clinicalStatus?.coding?.[0]?.code ?? '',
  };
}

function observation(o: Of<Patient['ObservationList']>): Entry {
  const parts = (o.component ?? []).map((part) => `${wordsOf(part?.code)} ${quantityOf(part?.valueQuantity)}`.trim());
  const value = quantityOf(o.valueQuantity) || o.valueString || wordsOf(o.valueCodeableConcept);
  return {
    key: o.nodeId,
    kind: 'observation',
    date: o.effectiveDateTime ?? '',
    title: wordsOf(o.code) || 'Observation',
    detail: [value, ...parts].filter(Boolean).join(' · '),
  };
}
