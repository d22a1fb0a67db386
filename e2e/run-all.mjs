// Runs every check in turn, whatever the earlier ones said, and ends with a plain line `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('../', import.meta.url));
const reports = `${root}.cache/test-reports`;
const bin = (name) => `${root}node_modules/.bin/${name}`;

/** Each step has a name, a command, and where its tests are counted; a step without a report is one check. */
const steps = [
  { name: 'types', command: [bin('tsc'), '--noEmit'] },
  { name: 'lint and format', command: [bin('biome'), 'ci', '--colors=off', '.'] },
  { name: 'import floors', command: [bin('depcruise'), 'src', 'e2e', '--config', '.dependency-cruiser.cjs'] },
  { name: 'dead code', command: [bin('knip')] },
  vitest('unit tests in Node', 'node'),
  { name: 'build', command: [process.execPath, 'src/cli/build.mjs'] },
  vitest('browser tests', 'browser'),
  {
    name: 'end to end',
    command: [bin('playwright'), 'test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json'],
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: `${reports}/e2e.json` },
    report: `${reports}/e2e.json`,
    count: ({ stats, errors }) => ({
      passed: stats.expected + stats.flaky,
      failed: stats.unexpected + errors.length,
      skipped: stats.skipped,
    }),
  },
  ...(process.argv.includes('--interop')
    ? [
        {
          name: 'interop',
          command: [process.execPath, 'e2e/interop/run.mjs', `${reports}/interop.json`],
          report: `${reports}/interop.json`,
          count: (report) => report,
        },
      ]
    : []),
];

function vitest(name, project) {
  const report = `${reports}/${project}.json`;
  return {
    name,
    command: [
      bin('vitest'),
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    report,
    count: ({ numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults }) => ({
      passed: numPassedTests,
      // A file that does not load has no tests that could fail.
      failed:
        numFailedTests +
        testResults.filter(
          (file) => file.status === 'failed' && file.assertionResults.every((t) => t.status !== 'failed'),
        ).length,
      skipped: numPendingTests + numTodoTests,
    }),
  };
}

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
const { module } = await runnerImport(`${root}src/cli/chromium.ts`, {
  root,
  configFile: false,
  logLevel: 'error',
});
let chromium = null;
try {
  chromium = module.ensureChromium(console.log);
  console.log(`Chromium: ${chromium}`);
} catch (error) {
  console.log(error.message);
}

const results = steps.map(run);
console.log(
  `\n${'check'.padEnd(20)}${'passed'.padStart(8)}${'failed'.padStart(8)}${'skipped'.padStart(9)}${'seconds'.padStart(9)}`,
);
for (const { name, passed, failed, skipped, seconds } of results)
  console.log(
    `${name.padEnd(20)}${String(passed).padStart(8)}${String(failed).padStart(8)}${String(skipped).padStart(9)}${seconds.toFixed(1).padStart(9)}`,
  );
const sum = (what) => results.reduce((total, result) => total + result[what], 0);
process.exitCode = sum('failed') === 0 && sum('passed') > 0 ? 0 : 1;
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);

function run({ name, command, env, report, count }) {
  console.log(`\n== ${name}`);
  const start = performance.now();
  const [program, ...args] = command;
  const { status, error } = spawnSync(program, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...(chromium !== null && { IMAGEMILL_CHROMIUM: chromium }), ...env },
  });
  if (error) console.log(`${name}: ${error.message}`);
  const seconds = (performance.now() - start) / 1000;
  const single = { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
  const counted = report === undefined ? single : countFrom(report, count, single);
  // A run that fails beside its tests (a crash, an unhandled error) is a failure too.
  const failed = status !== 0 && counted.failed === 0 ? 1 : counted.failed;
  return { name, seconds, ...counted, failed };
}

function countFrom(report, count, otherwise) {
  if (!existsSync(report)) return { ...otherwise, passed: 0, failed: 1 };
  return count(JSON.parse(readFileSync(report, 'utf8')));
}
