import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'app/ui',
  plugins: [svelte()],
  build: {
    outDir: '../../dist/ui',
    emptyOutDir: true,
    // Fonts and icons are served as files: the page's policy allows data: for images only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The page comes over loopback, where one file of a megabyte is quicker than several.
    chunkSizeWarningLimit: 2000,
  },
});
