export function runNpm(
  args: readonly string[],
  options?: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly capture?: boolean;
    readonly node?: string;
  },
): string;
