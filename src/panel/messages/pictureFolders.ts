/** An entry of a folder, wherever the folder is. */
export interface FolderEntry<Place> {
  readonly name: string;
  readonly isFolder: boolean;
  readonly place: Place;
}

/** Of the formats that are read (`src/inference/image/formats`); the menu in package.json has the same. */
export const imageExtensions = 'jpg jpeg png webp gif tif tiff bmp avif jp2 j2k ppm pgm pbm'.split(' ');

/** Entries that are looked at; what lies behind them is not found. */
const mostEntries = 20_000;
const deepest = 8;

/**
 * The pictures of a folder and of those below it, in the order of their names as people read numbers. Hidden folders are left
 * out, and so are folders inside it that cannot be read.
 *
 * @param list the entries of a folder
 * @param most how many are wanted
 * @throws what `list` throws for the folder itself
 */
export async function picturesBelow<Place>(
  folder: Place,
  list: (folder: Place) => Promise<readonly FolderEntry<Place>[]>,
  most: number,
): Promise<readonly Place[]> {
  const collator = new Intl.Collator('en', { numeric: true });
  const pictures: Place[] = [];
  let looked = 0;
  const isEnough = (): boolean => pictures.length >= most || looked > mostEntries;
  const look = async (place: Place, depth: number): Promise<void> => {
    const entries = (await list(place)).toSorted((a, b) => collator.compare(a.name, b.name));
    for (const entry of entries) {
      looked += 1;
      if (isEnough()) return;
      if (!entry.isFolder && isPictureName(entry.name)) pictures.push(entry.place);
    }
    for (const entry of entries) {
      if (isEnough()) return;
      if (entry.isFolder && depth < deepest && !entry.name.startsWith('.')) {
        await look(entry.place, depth + 1).catch(() => undefined);
      }
    }
  };
  await look(folder, 0);
  return pictures;
}

function isPictureName(name: string): boolean {
  const dot = name.lastIndexOf('.');
  return dot !== -1 && imageExtensions.includes(name.slice(dot + 1).toLowerCase());
}
