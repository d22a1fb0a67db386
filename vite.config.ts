import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { findChromium } from './src/cli/chromium.ts';

// Only the tests need a browser: a build must not stop at a wrong path to one.
const executablePath = process.env.VITEST ? findChromium() : null;
const isRoot = process.getuid?.() === 0;

export default defineConfig({
  plugins: [react()],
  build: { target: 'esnext', assetsInlineLimit: 0 },
  worker: { format: 'es' },
  server: { fs: { allow: ['.', '../shared'] } }, // browser tests read the real images beside the checkout
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['src/**/*.test.ts', 'e2e/**/*.test.ts'],
          exclude: ['src/**/*.browser.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['src/**/*.browser.test.ts'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            instances: [{ browser: 'chromium' }],
            provider: playwright({
              launchOptions: {
                ...(executablePath !== null && { executablePath }),
                args: [...(isRoot ? ['--no-sandbox'] : []), '--enable-unsafe-webgpu'],
              },
            }),
          },
        },
      },
    ],
  },
});
