// Makes a fresh clone usable: npm packages and Debian packages. Plain JavaScript, because it runs on the machine's own Node.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (path) => join(root, path);
const say = (message) => process.stderr.write(`bootstrap: ${message}\n`);

const fail = (message, code) => {
  say(message);
  process.exit(code);
};

/** npm ci when the lock file is newer than what is installed. */
const installNpmPackages = () => {
  const installed = at('node_modules/.package-lock.json');
  const fresh =
    existsSync(installed) &&
    statSync(installed).mtimeMs >= statSync(at('package-lock.json')).mtimeMs &&
    existsSync(at('node_modules/.bin/node'));
  if (fresh) return;
  say('installing npm packages (npm ci)');
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (result.status !== 0)
    fail(`npm ci failed:\n${result.stdout ?? ''}${result.stderr ?? ''}${result.error ?? ''}`, 4);
};

/** What packages are wanted for, out of src/cluster/packages.json; everything unless told. */
const purposes = process.argv.slice(2);

/** The Debian packages whose program is not on this machine. */
const missingPackages = () => {
  const listed = JSON.parse(readFileSync(at('src/cluster/packages.json'), 'utf8'));
  const wanted = listed.filter((entry) => purposes.length === 0 || purposes.includes(entry.for));
  const missing = wanted.filter((entry) => !existsSync(entry.provides));
  return [...new Set(missing.map((entry) => entry.package))];
};

const apt = (args) =>
  spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-qq', ...args], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
  });

/** Packages such as openssh-server start a service when installed; Ordeal starts its own, so the machine's stay off. */
const withoutStartingServices = (install) => {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return install();
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return install();
  } finally {
    rmSync(policy, { force: true });
  }
};

const services = {
  'openssh-server': 'ssh',
  'etcd-server': 'etcd',
  'redis-server': 'redis-server',
  postgresql: 'postgresql',
};

const disableServices = (packages) => {
  if (!existsSync('/run/systemd/system')) return;
  for (const name of packages)
    if (services[name])
      spawnSync('systemctl', ['disable', '--now', services[name]], { stdio: 'ignore' });
};

const installDebianPackages = () => {
  const missing = missingPackages();
  if (missing.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (!existsSync('/usr/bin/apt-get'))
    fail(
      `this machine lacks programs of the Debian packages ${missing.join(', ')}; install them and try again`,
      4,
    );
  if (process.getuid?.() !== 0) fail(`missing Debian packages; as root run: ${command}`, 4);
  say(`installing Debian packages: ${missing.join(' ')}`);
  const install = () => apt(['install', '-y', '--no-install-recommends', ...missing]);
  const result = withoutStartingServices(() => {
    apt(['update']);
    return install();
  });
  if (result.status !== 0) fail(`${command} failed:\n${result.stdout}${result.stderr}`, 4);
  disableServices(missing);
  const still = missingPackages();
  if (still.length > 0) fail(`after ${command} still missing: ${still.join(', ')}`, 4);
};

installNpmPackages();
installDebianPackages();
execFileSync(at('node_modules/.bin/node'), ['--version']);
