import { useQuery, useSubscription } from '@apollo/client/react';
import { useMemo, useState } from 'react';

import { ObservationsOfDocument, TimelineDocument } from './generated/operations';
import { Problem } from './Problem';
import { entriesOf, type Entry } from './entries';
import { dateOf } from './words';

// The newest of each kind; "more" doubles it.
const COUNT = 20;

/** What happened to a patient, newest first; an observation that is made meanwhile appears by itself. */
export function Timeline({ id }: { id: string }) {
  const [count, setCount] = useState(COUNT);
  const { data, previousData, loading, error, refetch } = useQuery(TimelineDocument, { variables: { id, count }, fetchPolicy: 'cache-and-network' });
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set());
  useSubscription(ObservationsOfDocument, {
    variables: { patient: `Patient/${id}` },
    onData: ({ data: { data: event } }) => {
      if (!event) return;
      setChanged((last) => new Set(last).add(event.ObservationChanged.target));
      void refetch();
    },
  });
  const patient = (data ?? previousData)?.Patient;
  const entries = useMemo(() => (patient ? entriesOf(patient) : null), [patient]);
  const more = [patient?.EncounterList, patient?.ConditionList, patient?.ObservationList].some((list) => list?.length === count);
  return (
    <section className="timeline" aria-label="Timeline" aria-busy={loading}>
      <h2>Timeline</h2>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {entries === null && loading && <p className="quiet">Reading the timeline…</p>}
      {entries?.length === 0 && <p className="quiet">Nothing is recorded.</p>}
      <ol>
        {entries?.map((entry) => (
          <Line key={entry.key} entry={entry} fresh={changed.has(entry.key)} />
        ))}
      </ol>
      {more && <button onClick={() => setCount(count * 2)}>More</button>}
    </section>
  );
}

function Line({ entry, fresh }: { entry: Entry; fresh: boolean }) {
  return (
    <li className={entry.kind} data-fresh={fresh}>
      <time dateTime={entry.date}>{dateOf(entry.date) || 'undated'}</time>
      <div>
        <b>{entry.title}</b>
        {fresh && <em>new</em>}
        <p>{entry.detail}</p>
      </div>
    </li>
  );
}
