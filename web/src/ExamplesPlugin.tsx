import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from '@graphiql/react';

import { exampleTab, examples, type Example } from './examples';
import { isNarrow } from './narrow';

// The examples by where they go, in the order of the files.
const groups = [...new Set(examples.map(({ group }) => group))].map(
  (group) => [group, examples.filter((example) => example.group === group)] as const,
);

/** A side pane that lists the examples and opens one in a new tab, for when its first tab was closed or changed. */
export function examplesPlugin(patientId: string | null): GraphiQLPlugin {
  return {
    title: 'Examples',
    icon: () => <LightbulbIcon />,
    content: () => <Examples patientId={patientId} />,
  };
}

function Examples({ patientId }: { patientId: string | null }) {
  const { addTab, setVisiblePlugin } = useGraphiQLActions();
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const open = (example: Example) => {
    const tab = exampleTab(example, patientId);
    addTab();
    queryEditor?.setValue(tab.query);
    variableEditor?.setValue(tab.variables ?? '');
    if (isNarrow()) setVisiblePlugin(null); // the pane covers the editor there
  };
  return (
    <section aria-label="Examples" className="hg-examples">
      <h2>Examples</h2>
      {groups.map(([group, list]) => (
        <section key={group} aria-label={group}>
          <h3>{group}</h3>
          <ul>
            {list.map((example) => (
              <li key={example.name}>
                <button onClick={() => open(example)}>{example.name}</button>
                <p>{example.about}</p>
              </li>
            ))}
          </ul>
        </section>
      ))}
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
