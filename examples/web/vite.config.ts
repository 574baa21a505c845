import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The port is fixed, because the gateway's CORS_ORIGINS names the page's origin. */
export default defineConfig({
  plugins: [react()],
  server: { host: '127.0.0.1', port: 5173, strictPort: true },
  preview: { host: '127.0.0.1', port: 5173, strictPort: true },
  // The gateway's set-up of Apollo Client lies outside this package, and must use this package's libraries.
  resolve: { dedupe: ['@apollo/client', 'graphql', 'react', 'rxjs'] },
  build: { chunkSizeWarningLimit: 1000 },
});
