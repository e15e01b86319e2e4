export function wordsIn(text: string): { line: number; word: string; instead: string }[];
