// `npm run check`: types, lint and format, architecture, side by side; prints only what is wrong.
import { spawn } from 'node:child_process';

const steps = {
  types: ['tsc', ['-p', '.']],
  'types of the page': ['tsc', ['-p', 'src/report/browser']],
  'lint and format': ['biome', ['check', '--error-on-warnings', '.']],
  architecture: ['vitest', ['run', '--project', 'fast', 'test/architecture.test.ts']],
};

const run = ([command, args]) =>
  new Promise((resolve) => {
    const child = spawn(`node_modules/.bin/${command}`, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('error', (error) =>
      resolve({ status: 1, output: `${error.message}: run npm run bootstrap first` }),
    );
    child.on('close', (status) => resolve({ status, output }));
  });

const results = await Promise.all(
  Object.entries(steps).map(async ([name, step]) => ({ name, ...(await run(step)) })),
);
for (const { name, status, output } of results) {
  process.stdout.write(`${status === 0 ? 'ok  ' : 'FAIL'} ${name}\n`);
  if (status !== 0) process.stdout.write(`${output}\n`);
}
process.exit(results.every((result) => result.status === 0) ? 0 : 1);
