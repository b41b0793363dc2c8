import './workers';

import { createRoot } from 'react-dom/client';

import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './style.css';

import { App } from './App';
import { anyPatientId } from './examples';

// GraphiQL loads its editor once it is mounted; asking for it here already
// puts that, the examples' id and the schema side by side.
void import('monaco-graphql/esm/monaco-editor.js');

const container = document.getElementById('root');
if (container === null) throw new Error('index.html has no element with the id "root"');
const root = createRoot(container);

void anyPatientId().then((patientId) => root.render(<App patientId={patientId} />));
