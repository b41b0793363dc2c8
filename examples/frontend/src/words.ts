import type { PatientRowFragment } from './generated/operations';

/** FHIR's concepts as far as the page reads them. */
export interface Concept {
  readonly text: string | null;
  readonly coding?: readonly ({ readonly display: string | null } | null)[] | null;
}

/** The words of a concept: its text, or else what its first coding displays. */
export function wordsOf(concept: Concept | null | undefined): string {
  return concept?.text ?? concept?.coding?.[0]?.display ?? '';
}

/** The name to show: the official one, or else the first. */
export function nameOf({ name, id }: Pick<PatientRowFragment, 'name' | 'id'>): string {
  const chosen = name?.find((n) => n?.use === 'official') ?? name?.[0];
  if (!chosen) return `patient ${id ?? ''}`;
  return chosen.family === null ? (chosen.text ?? '') : [chosen.family, chosen.given?.join(' ')].filter(Boolean).join(', ');
}

/** A FHIR date or time as people read it: as exact as it was written. */
export function dateOf(value: string | null | undefined): string {
  if (!value) return '';
  if (value.length <= 10) return value;
  return `${value.slice(0, 10)} ${value.slice(11, 16)}`;
}

/** A measured value with its unit. */
export function quantityOf(quantity: { readonly value: number | null; readonly unit: string | null } | null | undefined): string {
  if (quantity?.value == null) return '';
  return `${quantity.value} ${quantity.unit ?? ''}`.trim();
}
