// `npm test`: the fast suite, the report in a browser, then the cluster suite when root; says what it skipped and why; ends
// with plain counters.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const scratch = mkdtempSync(join(tmpdir(), 'ordeal-test-'));
const total = { passed: 0, failed: 0, skipped: 0 };

const runSuite = (project) => {
  const report = join(scratch, `${project}.json`);
  const args = [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  const result = spawnSync('node_modules/.bin/vitest', [...args, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  try {
    const data = JSON.parse(readFileSync(report, 'utf8'));
    total.passed += data.numPassedTests;
    total.failed += data.numFailedTests;
    total.skipped += data.numPendingTests + data.numTodoTests;
    // A file that fails to load, or a leak after the last test, counts no test of its own.
    if (result.status !== 0 && data.numFailedTests === 0) total.failed += 1;
  } catch (error) {
    process.stdout.write(`the ${project} suite left no report: ${error.message}\n`);
    total.failed += 1;
  }
};

runSuite('fast');
runSuite('browser');
if (process.getuid?.() === 0) runSuite('cluster');
else
  process.stdout.write(
    'skipped: the cluster suite (namespaces, real nodes) needs root; run as root: npm test\n',
  );

rmSync(scratch, { recursive: true, force: true });
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
