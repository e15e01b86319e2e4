/** Two of ImageNet's classes are called "crane", and nothing but a word that we add tells them apart. */
const ours = { 134: 'crane (bird)', 517: 'crane (machine)' };

/**
 * Shortens ImageNet's lists of synonyms to one name for each class: the first that no other class has, as an answer of
 * TorchServe maps label to probability and would lose one of two equal labels.
 *
 * @param classes synonyms separated by ", ", by class index, for example `{ 281: 'tabby, tabby cat' }`
 */
export function distinctLabels(classes) {
  const synonyms = Object.fromEntries(Object.entries(classes).map(([index, names]) => [index, names.split(', ')]));
  const wanted = new Map();
  for (const [first] of Object.values(synonyms)) wanted.set(key(first), (wanted.get(key(first)) ?? 0) + 1);
  return Object.fromEntries(
    Object.entries(synonyms).map(([index, names]) => [
      index,
      ours[index] ?? names.find((name) => (wanted.get(key(name)) ?? 0) <= (name === names[0] ? 1 : 0)) ?? names[0],
    ]),
  );
}

/** "cardigan" and "Cardigan" are one word to a reader. */
function key(name) {
  return name.toLowerCase();
}
