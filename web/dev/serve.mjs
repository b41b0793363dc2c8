// Serves the page from its sources with the stub as its gateway: npm run dev.
import { createServer } from 'vite';

import { answer } from './stub.mjs';

const stub = {
  name: 'heliograph-stub',
  configureServer(server) {
    server.middlewares.use('/graphql', answer);
    server.middlewares.use('/fhir', answer); // whatever the endpoint, the stub knows one
  },
};
const server = await createServer({
  configFile: 'vite.config.mjs',
  plugins: [stub],
  // The worker's CommonJS dependencies, which vite does not find through a worker by itself.
  optimizeDeps: {
    include: ['monaco-graphql > picomatch-browser', 'graphiql > @graphiql/react > graphql-language-service > nullthrows'],
  },
});
await server.listen();
server.printUrls();
