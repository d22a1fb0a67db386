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
  // A busy machine takes several times as long as a quiet one; what hangs is found all the same.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  fullyParallel: true,
  workers: 2,
  forbidOnly: process.env.CI !== undefined,
  use: {
    // Known once the server has said its port; read again in each worker.
    baseURL: `http://localhost:${process.env.SITE_PORT}`,
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
    // Any free port: two runs on one machine need not know of each other.
    command: 'node dist/cli/serve.js --port 0',
    cwd: '..',
    wait: { stdout: /Imagemill is at http:\/\/localhost:(?<site_port>\d+)\// },
  },
});
