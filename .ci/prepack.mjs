// `npm pack` and `npm publish`: compiles to dist/ and points the manifest there; postpack puts the manifest back.
// Plain JavaScript, because it runs on the machine's own Node.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
process.chdir(root);
const dist = 'dist';

const compile = (project, ...args) => {
  const result = spawnSync('node_modules/.bin/tsc', ['-p', project, ...args], { stdio: 'inherit' });
  if (result.status !== 0) process.exit(result.status ?? 1);
};

const filesUnder = (folder, wanted) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => !file.includes('node_modules') && wanted(file));

/** Scripts, styles, tables: what is read at run time and is not TypeScript. */
const copyAssets = () => {
  const isAsset = (file) => !/\.ts$|tsconfig\.json$/.test(file);
  for (const file of ['src', 'workloads', 'nemesis'].flatMap((folder) =>
    filesUnder(folder, isAsset),
  )) {
    mkdirSync(dirname(join(dist, file)), { recursive: true });
    copyFileSync(file, join(dist, file));
  }
};

/** The workspace package travels inside: imports by its name become relative ones. */
const inlineElle = () => {
  const entry = join(dist, 'src/elle-js-bridge/index.js');
  for (const file of filesUnder(dist, (name) => /\.(js|d\.ts)$/.test(name))) {
    const path = relative(dirname(file), entry);
    const text = readFileSync(file, 'utf8');
    const inlined = text.replaceAll(
      /(from\s+|import\()(['"])elle-js-bridge\2/g,
      `$1$2${path.startsWith('.') ? path : `./${path}`}$2`,
    );
    if (inlined !== text) writeFileSync(file, inlined);
  }
};

const point = () => {
  copyFileSync('package.json', '.package.json.source');
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
  const toDist = (path) => `./${join(dist, path)}`.replace(/\.ts$/, '.js');
  const elle = JSON.parse(readFileSync('src/elle-js-bridge/package.json', 'utf8'));
  const { 'elle-js-bridge': _inlined, ...dependencies } = {
    ...elle.dependencies,
    ...manifest.dependencies,
  };
  const {
    scripts: _scripts,
    devDependencies: _dev,
    workspaces: _workspaces,
    allowScripts: _allow,
    ...rest
  } = manifest;
  const published = {
    ...rest,
    bin: { ordeal: join(dist, manifest.bin.ordeal) },
    exports: Object.fromEntries(
      Object.entries(manifest.exports).map(([name, path]) => [
        name,
        path.endsWith('.ts')
          ? { types: toDist(path).replace(/\.js$/, '.d.ts'), default: toDist(path) }
          : path,
      ]),
    ),
    files: [dist],
    dependencies,
  };
  writeFileSync('package.json', `${JSON.stringify(published, null, 2)}\n`);
};

if (existsSync('.package.json.source')) copyFileSync('.package.json.source', 'package.json'); // an earlier pack was cut off
rmSync(dist, { recursive: true, force: true });
compile('tsconfig.build.json');
compile(
  'src/report/browser',
  '--noEmit',
  'false',
  '--rewriteRelativeImportExtensions',
  '--rootDir',
  '.',
  '--outDir',
  dist,
);
copyAssets();
inlineElle();
cpSync('src/elle-js-bridge/package.json', join(dist, 'src/elle-js-bridge/package.json'));
point();
