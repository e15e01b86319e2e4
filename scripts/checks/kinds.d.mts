export function kindTestsIn(file: string, text: string): string[];
