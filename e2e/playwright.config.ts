import { defineConfig } from '@playwright/test';
import { findChromium } from '../src/cli/chromium.ts';

const executablePath = findChromium();
const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: '../test-results',
  // The machine has as many cores as a run has workers: two at once would measure each other.
  workers: 1,
  forbidOnly: process.env.CI !== undefined,
  timeout: 60_000,
  reporter: [['list']],
  use: {
    baseURL: 'http://localhost:4199',
    launchOptions: {
      ...(executablePath !== null && { executablePath }),
      args: isRoot ? ['--no-sandbox'] : [],
    },
  },
  webServer: {
    command: 'node ../dist/cli/serve.js --port 4199',
    url: 'http://localhost:4199',
    reuseExistingServer: false,
  },
});
