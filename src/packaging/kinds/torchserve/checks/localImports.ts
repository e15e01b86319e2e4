import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Finding } from '../../../read/detection.ts';
import type { PythonImport } from '../../../read/formats/pythonModule.ts';
import { tokenLocation, type CheckContext, type PythonSource } from './context.ts';

/**
 * Imports that work in this folder and would not in the archive, where all files lie in one folder: relative ones, those
 * of a folder beside, and modules that are not packaged. What is not in this folder is taken for an installed module.
 */
export async function checkLocalImports(context: CheckContext): Promise<Finding[]> {
  const names = new Set(context.parts.flatMap((part) => part.entries.map((entry) => entry.name)));
  const findings: Finding[] = [];
  for (const source of context.sources) {
    // Sub-folders of the archive are packages, as they are here.
    const atRoot = !source.name.includes('/');
    const told = new Set<string>();
    for (const statement of source.module.imports) {
      if (statement.level > 0) {
        if (atRoot) findings.push(relativeImport(source, statement));
        continue;
      }
      for (const module of importedModules(statement)) {
        const where = provides(names, module) ? undefined : await findLocal(context.folder, source.file, module);
        if (where === undefined || told.has(where)) continue;
        told.add(where);
        findings.push(missingModule(context, source, statement, { module, where }, names));
        // `from pkg import a, b` with pkg missing is one mistake, not three.
        break;
      }
    }
  }
  return findings;
}

/** The modules that a statement may load: `from a import b` loads a, and a.b when that is one. */
function importedModules({ module, names }: PythonImport): readonly string[] {
  return [module, ...names.filter((name) => /^\w+$/.test(name)).map((name) => `${module}.${name}`)];
}

function provides(names: ReadonlySet<string>, module: string): boolean {
  const file = module.split('.').join('/');
  return (
    names.has(`${file}.py`) || [...names].some((name) => name.startsWith(`${file}/`) || name.startsWith(`${file}.so`))
  );
}

/** Path of a module in the model's folder, relative to it with `/`; looked for beside the importing file, then at the root. */
async function findLocal(folder: string, importer: string, module: string): Promise<string | undefined> {
  const parts = module.split('.');
  for (const base of new Set([path.dirname(importer), folder])) {
    const where = path.join(base, ...parts);
    const relative = path.relative(folder, where).split(path.sep).join('/');
    const file = await stat(`${where}.py`).catch(() => undefined);
    if (file?.isFile()) return `${relative}.py`;
    const items = await readdir(where).catch(() => []);
    if (items.some((item) => item.endsWith('.py'))) return relative;
  }
  return undefined;
}

function relativeImport({ file }: PythonSource, { level, module, at, end, guarded }: PythonImport): Finding {
  return {
    code: 'relative-import',
    severity: guarded ? 'warning' : 'error',
    message: `${path.basename(file)} imports from ${'.'.repeat(level)}${module}, and in the archive it is in no package.`,
    remedy: `Write the import without the dot${level > 1 ? 's' : ''}, and add the module to extraFiles.`,
    laterMessage: 'ImportError: attempted relative import with no known parent package',
    location: tokenLocation(file, at, end),
  };
}

function missingModule(
  { spec }: CheckContext,
  { file }: PythonSource,
  { at, end, guarded }: PythonImport,
  { module, where }: { readonly module: string; readonly where: string },
  names: ReadonlySet<string>,
): Finding {
  const flattened = module.includes('.') && names.has(`${module.split('.').at(-1)}.py`);
  const inFolder = module.includes('.') || !where.endsWith('.py');
  const [top] = module.split('.');
  const isHandler = spec.handler.split(':')[0] === path.basename(file);
  return {
    code: inFolder ? 'local-import-flattened' : 'local-module-not-packaged',
    severity: guarded ? 'warning' : 'error',
    message: flattened
      ? `${path.basename(file)} imports ${module}; in the archive that file is ${module.split('.').at(-1)}.py, without its folder.`
      : `${path.basename(file)} imports ${module}, which is ${where} here and not in the archive.`,
    remedy: inFolder
      ? `Add a folder that has ${top} in it to extraFiles: of a folder there the content is packaged, with its sub-folders.`
      : `Add ${where} to extraFiles.`,
    // TorchServe takes a handler whose import fails for the name of a built-in one.
    laterMessage: isHandler
      ? `ModuleNotFoundError: No module named 'ts.torch_handler.${path.basename(file, '.py')}'`
      : `ModuleNotFoundError: No module named '${module}'`,
    location: tokenLocation(file, at, end),
  };
}
