import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// In development the gateway is behind the page's own address, as a reverse proxy would put it in production: the same origin, so that
// neither CORS nor the gateway's configuration has to know the page. ws: the subscriptions.
export default defineConfig({
  base: './',
  plugins: [react()],
  server: {
    proxy: { '/graphql': { target: process.env.HELIOGRAPH_URL ?? 'http://127.0.0.1:8080', ws: true } },
  },
  build: { target: 'es2022', reportCompressedSize: false },
});
