import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from '@graphiql/react';

import { exampleTab, examples, type Example } from './examples';

/** A side pane that lists the examples and opens one in a new tab, for when its first tab was closed or changed. */
export function examplesPlugin(patientId: string | null): GraphiQLPlugin {
  return {
    title: 'Examples',
    icon: () => <LightbulbIcon />,
    content: () => <Examples patientId={patientId} />,
  };
}

function Examples({ patientId }: { patientId: string | null }) {
  const { addTab } = useGraphiQLActions();
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const open = (example: Example) => {
    const tab = exampleTab(example, patientId);
    addTab();
    queryEditor?.setValue(tab.query);
    variableEditor?.setValue(tab.variables ?? '');
  };
  return (
    <section aria-label="Examples" className="hg-examples">
      <h2>Examples</h2>
      <ul>
        {examples.map((example) => (
          <li key={example.name}>
            <button onClick={() => open(example)}>{example.name}</button>
            <p>{example.about}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function LightbulbIcon() {
  return (
    <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" aria-hidden="true">
      <path d="M7 14.5a5.5 5.5 0 1 1 6 0M7.5 17.5h5M7 14.5h6" />
    </svg>
  );
}
