import { defineConfig } from '@playwright/test';
import { findChromium } from '../src/cli/chromium.ts';
import { setup as ensureAzurite } from './storage/ensure-azurite.ts';

ensureAzurite();

const executablePath = findChromium();
const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: '../test-results',
  timeout: 60_000,
  fullyParallel: true,
  workers: 2,
  forbidOnly: process.env.CI !== undefined,
  use: {
    baseURL: 'http://localhost:4199',
    launchOptions: {
      ...(executablePath !== null && { executablePath }),
      args: [
        ...(isRoot ? ['--no-sandbox'] : []),
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        '--disable-quic',
      ],
    },
    viewport: { width: 1440, height: 900 },
  },
  webServer: {
    command: 'node dist/cli/serve.js --port 4199',
    cwd: '..',
    url: 'http://localhost:4199',
    reuseExistingServer: false,
  },
});
