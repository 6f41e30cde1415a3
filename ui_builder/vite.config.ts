import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** The application; in development `/api` is answered by the server at BAHI_SERVER. */
export default defineConfig({
  plugins: [react()],
  server: { proxy: { '/api': { target: process.env.BAHI_SERVER ?? 'http://127.0.0.1:8000' } } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    chunkSizeWarningLimit: 900,
    // light-dark() follows Mantine's colour scheme only if it is left to the browser.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
  },
  test: { environment: 'node', include: ['src/**/*.test.{ts,tsx}'] },
});
