/** The part of `vscode.Memento` that is used; the extension's `globalState` in life. */
export interface Memory {
  get<T>(key: string): T | undefined;
  update(key: string, value: unknown): PromiseLike<void>;
}

/**
 * Namespaces that the user has named for a context: for clusters that do not let them be listed, and so that an empty
 * one has a row. They are kept for this user on this computer, never in the workspace.
 */
export interface RememberedNamespaces {
  /** Sorted; empty for a context that nothing was named for. */
  of(contextName: string): readonly string[];
  add(contextName: string, namespace: string): Promise<void>;
  forget(contextName: string, namespace: string): Promise<void>;
}

const key = 'modelDeck.namespaces';

export function rememberedNamespaces(memory: Memory): RememberedNamespaces {
  const all = (): ReadonlyMap<string, readonly string[]> => read(memory.get<unknown>(key));
  const change = async (contextName: string, edit: (old: readonly string[]) => readonly string[]): Promise<void> => {
    const changed = new Map(all());
    const names = [...new Set(edit(changed.get(contextName) ?? []))].sort();
    if (names.length > 0) changed.set(contextName, names);
    else changed.delete(contextName);
    await memory.update(key, Object.fromEntries(changed));
  };
  return {
    of: (contextName) => all().get(contextName) ?? [],
    add: (contextName, namespace) => change(contextName, (old) => [...old, namespace]),
    forget: (contextName, namespace) => change(contextName, (old) => old.filter((name) => name !== namespace)),
  };
}

/** The complaint about a name that no namespace can have, or nothing: a DNS label (RFC 1123). */
export function namespaceComplaint(name: string): string | undefined {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)
    ? undefined
    : 'Small letters, digits and -, at most 63: the rule for a namespace.';
}

/** What an older version, or a hand, has left is read as far as it makes sense. */
function read(value: unknown): ReadonlyMap<string, readonly string[]> {
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(
    Object.entries(value).flatMap(([context, names]): [string, readonly string[]][] =>
      Array.isArray(names) ? [[context, names.filter((name) => typeof name === 'string')]] : [],
    ),
  );
}
