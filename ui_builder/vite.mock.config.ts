import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { mockServer } from './dev/mock/plugin';

/** The application without a server: `/api` is answered from memory (user demo, password demo). */
export default defineConfig({ plugins: [react(), mockServer()] });
