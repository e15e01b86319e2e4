export function cacheFolder(...parts: readonly string[]): string;
