import { useState } from 'react';

import type { Answer, ExplainMode } from './explain';
import { useResize } from './useResize';

interface ExplainPaneProps {
  answer: Answer | null;
  mode: ExplainMode;
}

/** The plan of the last query, below its result; its upper edge can be dragged. */
export function ExplainPane({ answer, mode }: ExplainPaneProps) {
  const [open, setOpen] = useState(true);
  const { height, separator } = useResize();
  return (
    <section className="hg-explain" aria-label="Explanation of the last query">
      {open && <div className="hg-separator" aria-label="Height of the explanation" {...separator} />}
      <div className="hg-explain-bar">
        <button aria-expanded={open} aria-controls="explain-text" onClick={() => setOpen(!open)}>
          <span aria-hidden="true">{open ? '▾' : '▸'}</span> Explain
        </button>
        {answer && <Facts answer={answer} />}
      </div>
      {open && (
        <pre id="explain-text" tabIndex={0} aria-label="Plan" style={{ height }} data-empty={!answer?.plan}>
          {answer?.plan || hint(answer, mode)}
        </pre>
      )}
    </section>
  );
}

function Facts({ answer }: { answer: Answer }) {
  const size = answer.bytes < 10_000 ? `${answer.bytes} B` : `${Math.round(answer.bytes / 1000)} kB`;
  return (
    <span className="hg-facts">
      {answer.operation && <b>{answer.operation}</b>}
      <span className="hg-path">{answer.path}</span>
      {answer.events === null ? <Took answer={answer} /> : <span>{`${answer.events} events`}</span>}
      <span>{size}</span>
      {answer.status !== 200 && <span className="hg-bad">HTTP {answer.status}</span>}
    </span>
  );
}

function Took({ answer }: { answer: Answer }) {
  return (
    <>
      <span>{answer.mode}</span>
      <span title="from sending the query to the last byte of its answer">{answer.milliseconds.toFixed(1)} ms</span>
    </>
  );
}

function hint(answer: Answer | null, mode: ExplainMode): string {
  if (answer !== null && answer.events !== null) return 'A subscription follows the log of changes: it has no plan.';
  if (mode === 'off') return 'Choose “plan” or “analyze” above, then run a query.';
  if (answer === null) return 'Run a query: its plan appears here.';
  if (answer.mode === 'off') return 'The last query was not explained. Run it again.';
  return 'The answer carries no explanation.';
}
