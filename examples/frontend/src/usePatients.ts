import { useQuery, useSubscription } from '@apollo/client/react';
import { useEffect, useMemo, useState } from 'react';

import { PatientsChangedDocument, PatientsDocument, type PatientsQueryVariables, type PatientWhere } from './generated/operations';

const PAGE = 15;

type Turn = Omit<PatientsQueryVariables, 'where'>;

const FIRST: Turn = { first: PAGE };

/** A page of the patients that a search finds, kept current while it is shown. */
export function usePatients(search: string) {
  const [turn, setTurn] = useState<Turn>(FIRST);
  useEffect(() => setTurn(FIRST), [search]);
  const where = useMemo(() => whereOf(search), [search]);
  const { data, previousData, loading, error, refetch } = useQuery(PatientsDocument, {
    variables: { where, ...turn },
    fetchPolicy: 'cache-and-network',
  });
  // Changes of the rows arrive in the cache by themselves. Who is new or gone changes the page: it is read again.
  useSubscription(PatientsChangedDocument, {
    onData: ({ data: { data: event } }) => {
      if (event && event.PatientChanged.kind !== 'updated') void refetch();
    },
  });
  const page = (data ?? previousData)?.PatientConnection;
  return {
    patients: page?.edges?.flatMap((edge) => edge?.node ?? []) ?? null,
    count: page?.count ?? null,
    loading,
    error,
    retry: () => void refetch(),
    next: page?.pageInfo.hasNextPage ? () => setTurn({ first: PAGE, after: page.pageInfo.endCursor }) : null,
    previous: page?.pageInfo.hasPreviousPage ? () => setTurn({ last: PAGE, before: page.pageInfo.startCursor }) : null,
  };
}

// Every word has to begin some part of a name, in any order: "al mar" finds Alice Martin.
function whereOf(search: string): PatientWhere | null {
  const words = search.split(/\s+/).filter(Boolean);
  return words.length === 0 ? null : { and: words.map((word) => ({ name: { startsWith: [word] } })) };
}
