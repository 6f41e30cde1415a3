import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** `vite` talks to a server at BAHI_SERVER; `vite --mode mock` answers `/api` itself from dev/mock. */
export default defineConfig(async ({ mode }) => ({
  plugins: [
    react(),
    ...(mode === 'mock' ? [(await import('./dev/mock/plugin')).mockServer()] : []),
  ],
  server: {
    proxy:
      mode === 'mock'
        ? undefined
        : { '/api': { target: process.env.BAHI_SERVER ?? 'http://127.0.0.1:8000' } },
  },
  build: { outDir: 'dist', emptyOutDir: true, chunkSizeWarningLimit: 900 },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'] },
}));
