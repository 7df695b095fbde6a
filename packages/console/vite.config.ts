import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `vite` alone develops against a running `chaperone serve` (CHAPERONE_URL, else its default port). */
export default defineConfig({
  base: './',
  plugins: [react()],
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2023', assetsInlineLimit: 0, chunkSizeWarningLimit: 1200 },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': { target: process.env.CHAPERONE_URL ?? 'http://127.0.0.1:7780', changeOrigin: false } },
  },
});
