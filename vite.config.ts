import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

const executablePath = process.env.IMAGEMILL_CHROMIUM ?? '/usr/bin/chromium';

export default defineConfig({
  plugins: [react()],
  build: { target: 'esnext', assetsInlineLimit: 0 },
  worker: { format: 'es' },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['src/**/*.test.ts'],
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
                executablePath,
                args: ['--no-sandbox', '--enable-unsafe-webgpu'],
              },
            }),
          },
        },
      },
    ],
  },
});
