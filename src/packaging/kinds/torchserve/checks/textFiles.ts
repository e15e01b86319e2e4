import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { load } from 'js-yaml';
import type { Finding } from '../../../read/detection.ts';
import { fileOf, type CheckContext } from './context.ts';

/** Text that people write by hand is shorter. */
const longestText = 1024 * 1024;

/** `requirements.txt`: text that pip reads, without lines that mean a file which is not in the archive. */
export async function checkRequirements(context: CheckContext): Promise<Finding[]> {
  const file = fileOf(context, 'requirements');
  if (file === undefined) return [];
  const name = path.basename(file);
  const text = await readText(file);
  const finding = (code: string, line: number, message: string, remedy: string, laterMessage: string): Finding => ({
    code,
    severity: 'error',
    message: `${name}: ${message}`,
    remedy,
    laterMessage,
    location: { path: file, line, column: 0 },
  });
  if (text === undefined) {
    return [
      finding(
        'requirements-unreadable',
        0,
        'it is not UTF-8 text.',
        'Save it as UTF-8: PowerShell writes UTF-16.',
        'Custom pip package installation failed',
      ),
    ];
  }
  const findings: Finding[] = [];
  const packaged = new Set(context.parts.flatMap((part) => part.entries.map((entry) => entry.name)));
  for (const [line, written] of text.split(/\r?\n/).entries()) {
    const content = written.replace(/(^|\s)#.*$/, '').trim();
    const nested = /^(?:-r|-c|--requirement|--constraint)[\s=]*(\S+)/.exec(content)?.[1];
    const local = /^(?:-e|--editable)\b|^\.{0,2}\/|^file:|@\s*file:|^\.$|^\S+\.whl$/.test(content);
    if (nested !== undefined ? !packaged.has(nested) && !/^https?:/.test(nested) : local && !packaged.has(content)) {
      findings.push(
        finding(
          'requirements-local-path',
          line,
          `${content} is a file of this computer.`,
          'Name packages with their versions instead.',
          `Could not open requirements file, or is not installable: ${nested ?? content}`,
        ),
      );
    }
  }
  return findings;
}

/** TorchServe's `model-config.yaml`: a mapping. Its free keys are the handler's own affair. */
export async function checkConfigFile(context: CheckContext): Promise<Finding[]> {
  const file = fileOf(context, 'configFile');
  if (file === undefined) return [];
  const name = path.basename(file);
  const finding = (
    code: string,
    severity: Finding['severity'],
    line: number,
    message: string,
    remedy: string,
  ): Finding => ({
    code,
    severity,
    message: `${name}: ${message}`,
    remedy,
    location: { path: file, line, column: 0 },
  });
  const text = await readText(file);
  if (text === undefined)
    return [finding('config-file-unreadable', 'error', 0, 'it is not UTF-8 text.', 'Save it as UTF-8.')];
  let value: unknown;
  try {
    value = load(text);
  } catch (error) {
    const { reason, mark } = error as { readonly reason?: string; readonly mark?: { readonly line: number } };
    return [
      finding(
        'config-file-not-yaml',
        'error',
        mark?.line ?? 0,
        `it is not YAML: ${reason ?? String(error)}.`,
        'Fix the line.',
      ),
    ];
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [finding('config-file-not-yaml', 'error', 0, 'it is not a mapping.', 'Write settings as key: value.')];
  }
  const { batchSize } = value as { readonly batchSize?: unknown };
  if (typeof batchSize !== 'number' || batchSize <= 1) return [];
  const line = text.split(/\r?\n/).findIndex((written) => /^\s*batchSize\s*:/.test(written));
  return [
    {
      ...finding(
        'batch-size',
        'warning',
        Math.max(line, 0),
        `batchSize is ${batchSize}, which KServe's request envelopes do not work with.`,
        'Write 1; a request can hold several images.',
      ),
      laterMessage: 'number of batch response mismatched',
    },
  ];
}

/** The text; undefined when it is none. */
async function readText(file: string): Promise<string | undefined> {
  const handle = await open(file, 'r');
  try {
    if ((await handle.stat()).size > longestText) return undefined;
  } finally {
    await handle.close();
  }
  const bytes = await readFile(file);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
