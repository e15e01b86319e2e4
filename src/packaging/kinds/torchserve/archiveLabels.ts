/**
 * Labels by class index out of the JSON of an `index_to_name.json`, in each form that TorchServe takes:
 * `{"0":"tench"}`, `{"0":["n01440764","tench"]}` (the last one counts) and `{"object_type_names":[…]}`. A label that two
 * classes share gets its index, so that neither hides the other in an answer.
 *
 * @throws Error saying what is wrong with the value
 */
export function labelList(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) throw new Error('it is not an object');
  const named = 'object_type_names' in value ? value.object_type_names : value;
  const labels: string[] = [];
  for (const [key, entry] of Object.entries(named as object) as [string, unknown][]) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index > 1_000_000) throw new Error(`"${key}" is not a class number`);
    const label: unknown = Array.isArray(entry) ? entry.at(-1) : entry;
    if (typeof label !== 'string') throw new Error(`class ${key} has no text`);
    labels[index] = label;
  }
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Array.from(labels, (label: string | undefined, index) =>
    label === undefined ? String(index) : (counts.get(label) ?? 0) > 1 ? `${label} (${index})` : label,
  );
}
