import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { askedFiles, startFiles, startStorage, stopFiles, stopStorage } from './e2e/storage/commands.ts';
import {
  askedOfModelHost,
  breakOffModelHost,
  startModelHost,
  stopModelHost,
} from './e2e/storage/model-host.ts';
import { findChromium } from './src/cli/chromium.ts';
import { devModels } from './src/cli/serve-models.ts';
import { lercForBrowsers, vipsLicences, vipsWithoutEval } from './src/cli/vips-plugin.ts';

// Only the tests need a browser: a build must not stop at a wrong path to one.
const executablePath = process.env.VITEST ? findChromium() : null;
const isRoot = process.getuid?.() === 0;

/**
 * As in `public/_headers`: without them there are no threads of WebAssembly, which the codecs need. Not `require-corp`, under
 * which no page can tell a server that does not share its answers from none at all.
 */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'credentialless',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** A busy machine takes several times as long as a quiet one; what hangs is found all the same. */
const patienceMs = 60_000;

export default defineConfig({
  plugins: [react(), devModels(), vipsWithoutEval(), vipsLicences(), lercForBrowsers()],
  optimizeDeps: {
    exclude: ['wasm-vips', 'lerc'], // the one must pass through our plug-in, the other's binary is beside it
    // Found late, by a worker, they would reload the page.
    include: [
      'xz-decompress',
      'fzstd',
      'libheif-js/libheif-wasm/libheif.js',
      '@cornerstonejs/codec-openjpeg/decodewasmjs',
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-backend-webgpu',
      '@tensorflow/tfjs-layers',
      '@tensorflow/tfjs-converter',
      '@tensorflow/tfjs-backend-wasm',
      'jsfive',
    ],
  },
  build: { target: 'esnext', assetsInlineLimit: 0 },
  worker: { format: 'es', plugins: () => [vipsWithoutEval(), lercForBrowsers()] },
  server: {
    fs: { allow: ['.', '../shared'] }, // browser tests read the real images beside the checkout
    headers: isolation,
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          testTimeout: patienceMs,
          globalSetup: 'e2e/storage/ensure-azurite.ts',
          include: ['src/**/*.test.ts', 'e2e/**/*.test.ts'],
          exclude: ['src/**/*.browser.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          testTimeout: patienceMs,
          globalSetup: 'e2e/storage/ensure-azurite.ts',
          include: ['src/**/*.browser.test.ts'],
          browser: {
            enabled: true,
            headless: true,
            commands: {
              askedFiles,
              startFiles,
              startStorage,
              stopFiles,
              stopStorage,
              askedOfModelHost,
              breakOffModelHost,
              startModelHost,
              stopModelHost,
            },
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
