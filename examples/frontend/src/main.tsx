import './style.css';

import { ApolloProvider } from '@apollo/client/react';
import { createRoot } from 'react-dom/client';

import { App } from './App';
import { createApolloClient } from './client';

const container = document.getElementById('root');
if (container === null) throw new Error('index.html has no element with the id "root"');
createRoot(container).render(
  <ApolloProvider client={createApolloClient()}>
    <App />
  </ApolloProvider>,
);
