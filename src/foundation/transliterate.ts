/**
 * Letters of the Latin script that Unicode does not take apart into a letter and a mark. A library (any-ascii,
 * transliteration) would bring tables of all scripts, hundreds of kilobytes, for names that the user sees and can change.
 */
const letters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ŧ: 't',
  ŋ: 'ng',
  ı: 'i',
  ĸ: 'k',
  ə: 'e',
  ƒ: 'f',
  ɓ: 'b',
  ɗ: 'd',
  ƙ: 'k',
  ɛ: 'e',
  ɔ: 'o',
  ƴ: 'y',
};

/**
 * A text with the letters of the Latin script written in ASCII, as far as that can be done letter by letter: `Überwachung`
 * becomes `Uberwachung`, `Łódź Ø` becomes `Lodz O`. Other scripts stay as they are.
 */
export function transliterate(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Mark}+/gu, '')
    .replace(/\P{ASCII}/gu, (letter) => {
      const small = letters[letter.toLowerCase()];
      if (small === undefined) return letter;
      return letter === letter.toLowerCase() ? small : small.toUpperCase();
    });
}
