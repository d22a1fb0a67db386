// Runs every check of the project and sums them up: `node e2e/run-all.mjs [--interop]`.
// The last line is `N passed, N failed`; the exit status is 1 when anything failed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('../', import.meta.url));
const results = new URL('../test-results/', import.meta.url);
const bin = (name) => fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));
const resultFile = (name) => fileURLToPath(new URL(`${name}.json`, results));

/** A check counts as one test; a test runner counts as what its report says. */
const steps = [
  { name: 'types', command: [bin('tsc'), '--noEmit'] },
  { name: 'lint and format', command: [bin('biome'), 'ci', '--error-on-warnings', '.'] },
  { name: 'import floors', command: [bin('depcruise'), 'src', 'e2e', '--config', '.dependency-cruiser.cjs'] },
  { name: 'dead code', command: [bin('knip')] },
  { name: 'build', command: [process.execPath, 'src/cli/ensure-built.mjs'] },
  { name: 'unit tests in Node', command: vitest('node'), count: () => countVitest('node') },
  { name: 'browser tests', command: vitest('browser'), count: () => countVitest('browser') },
  {
    name: 'end to end',
    command: [bin('playwright'), 'test', '--config', 'e2e/playwright.config.ts', '--reporter', 'line,json'],
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: resultFile('playwright') },
    count: countPlaywright,
  },
];
if (process.argv.includes('--interop')) {
  steps.push({
    name: 'interop',
    command: [process.execPath, 'e2e/interop/run.mjs', '--json', resultFile('interop')],
    count: () => JSON.parse(readFileSync(resultFile('interop'), 'utf8')),
  });
}

rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const chromium = await findChromium();
const total = { passed: 0, failed: 0, skipped: 0 };
const summary = [];
for (const { name, command, env, count } of steps) {
  process.stdout.write(`\n── ${name}\n`);
  const began = Date.now();
  const { status } = spawnSync(command[0], command.slice(1), {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...chromium, ...env },
  });
  const counted = countStep(status, count);
  for (const key of Object.keys(total)) total[key] += counted[key] ?? 0;
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  summary.push(
    `${counted.failed === 0 ? 'ok  ' : 'FAIL'} ${name}: ${counted.passed} passed, ${counted.failed} failed (${seconds} s)`,
  );
}
process.stdout.write(`\n${summary.join('\n')}\n`);
if (total.skipped > 0) process.stdout.write(`${total.skipped} skipped; their names say why\n`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

/** Finds or installs the browser once for all steps; without one, those that need it fail and say so. */
async function findChromium() {
  const { NODE_ENV: before } = process.env;
  const { module } = await runnerImport(`${root}src/cli/chromium.ts`, { root, configFile: false });
  // Importing through Vite names this process a development; the steps inherit its environment.
  if (before === undefined) delete process.env.NODE_ENV;
  else process.env.NODE_ENV = before;
  try {
    const path = module.ensureChromium((line) => process.stdout.write(`${line}\n`));
    process.stdout.write(`Chromium: ${path}\n`);
    return { IMAGEMILL_CHROMIUM: path };
  } catch (error) {
    process.stdout.write(`${error.message}\n`);
    return {};
  }
}

/** A runner that exits badly without a failed test (a crash, an unhandled error) has failed all the same. */
function countStep(status, count) {
  if (count === undefined) return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  try {
    const counted = count();
    if (status !== 0 && counted.failed === 0) return { ...counted, failed: 1 };
    return counted.passed === 0 && counted.failed === 0 ? { passed: 0, failed: 1 } : counted;
  } catch (error) {
    process.stdout.write(`no report: ${error.message}\n`);
    return { passed: 0, failed: 1 };
  }
}

function vitest(project) {
  return [
    bin('vitest'),
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${resultFile(project)}`,
  ];
}

function countVitest(project) {
  if (!existsSync(resultFile(project))) throw new Error(`${project} tests wrote none`);
  const report = JSON.parse(readFileSync(resultFile(project), 'utf8'));
  // A file that does not even load has no tests: it counts as one that failed.
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken,
    skipped: report.numPendingTests,
  };
}

function countPlaywright() {
  const { stats, errors } = JSON.parse(readFileSync(resultFile('playwright'), 'utf8'));
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
  };
}
