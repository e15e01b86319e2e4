export function sharedNames(files: readonly string[]): string[];
