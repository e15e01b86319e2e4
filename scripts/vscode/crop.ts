import path from 'node:path';
import sharp from 'sharp';

/** The part of a screenshot that a picture shows, in pixels of the window. */
export interface Cut {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Makes a small file of a screenshot: its colours are few, so that a palette loses nothing that is seen. The walkthrough shows
 * pictures about 290 pixels wide; what is cut to some 480 pixels of the window stays legible there.
 */
export async function savePicture(screenshot: Buffer, cut: Cut, file: string): Promise<void> {
  const { x: left, y: top, width, height } = cut;
  await sharp(screenshot)
    .extract({ left, top, width, height })
    .png({ palette: true, colours: 64, effort: 10, compressionLevel: 9 })
    .toFile(path.resolve(file));
}
