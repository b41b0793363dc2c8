// Uses the generated types as an application does; what must not compile is marked.
import type { ChangedSubscription, ChartQuery, ChartQueryVariables, HeaderFragment, RenameMutationVariables } from './types.js';

export const variables: ChartQueryVariables = { id: 'p1', where: { status: { code: ['final'] }, and: [{ subject: { Patient: { gender: { code: ['male'] } } } }] } };
// @ts-expect-error an argument that there is not
export const unknown: ChartQueryVariables = { id: 'p1', where: { nothing: true } };
// @ts-expect-error id is required
export const missing: ChartQueryVariables = {};

export const rename: RenameMutationVariables = { resource: { resourceType: 'Patient', name: [{ family: 'A', given: ['B'] }], multipleBirthInteger: 2 }, json: { any: [1, 'x'] } };

export function title(patient: HeaderFragment): string {
  const name = patient.name?.[0];
  return `${name?.given?.join(' ') ?? ''} ${name?.family ?? ''} ${patient.birthDate ?? ''} ${patient.nodeId.toUpperCase()}`;
}

export function values(chart: ChartQuery): number[] {
  return (chart.Patient?.ObservationConnection?.edges ?? []).map((edge): number => edge?.node?.valueQuantity?.value ?? 0);
}

export function gender(chart: ChartQuery): string | null | undefined {
  const resource = chart.Patient?.ObservationConnection?.edges?.[0]?.node?.subject?.resource;
  return resource?.__typename === 'Patient' ? resource.gender : undefined;
}

export function event(changed: ChangedSubscription): string {
  const { kind, resource } = changed.PatientChanged;
  return kind === 'deleted' || kind === 'left' ? kind : title(resource!);
}
