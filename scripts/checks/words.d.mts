export function wordsIn(text: string): { line: number; word: string; instead: string }[];
export function sentencesIn(source: string, isPlain: boolean): { line: number; text: string; instead: string }[];
