import type { LogPattern } from './logPatterns.ts';
import { torchServePatterns } from './torchServePatterns.ts';

/** What servers of several kinds write when they cannot serve: those of one server first, then what libraries of all say. */
export const serverPatterns: readonly LogPattern[] = [
  ...torchServePatterns,
  {
    code: 'storage-hf-access',
    category: 'unauthorized',
    pattern:
      /GatedRepoError|[Cc]annot access gated repo|trying to access a gated repo|is restricted\. You must (?:have access to it and )?be authenticated/,
    summary: (_match, name) =>
      `Hugging Face gives the model of ${name} only to accounts that were granted access, and its server has no token of one.`,
    remedy:
      'Ask for access on the page of the model, and give the server the token: the environment variable HF_TOKEN from a Secret, in the manifest (spec.predictor.model.env).',
  },
];
