import { useSyncExternalStore } from 'react';

/** Which page is shown: that of a patient, or the list. It is the fragment of the address: #/Patient/p2. */
export function usePatientId(): string | null {
  const hash = useSyncExternalStore(listen, () => location.hash);
  const id = /^#\/Patient\/(.+)$/.exec(hash)?.[1];
  return id === undefined ? null : decodeURIComponent(id);
}

/** The address of a patient's page. */
export function patientHref(id: string): string {
  return `#/Patient/${encodeURIComponent(id)}`;
}

function listen(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}
