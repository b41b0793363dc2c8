import { defineConfig } from 'vite';

import { gzipDist } from './build/gzip.mjs';

// Relative asset addresses, so that the page also works behind a proxy that
// serves the gateway under a path. Nothing is inlined into the page: its
// Content-Security-Policy allows no inline script.
export default defineConfig({
  base: './',
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 5000,
    reportCompressedSize: false,
    // Libraries mark modules "use client" for server rendering, which is not done here.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
  worker: { format: 'es' },
  plugins: [gzipDist()],
});
