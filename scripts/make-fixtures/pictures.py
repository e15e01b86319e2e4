"""Makes test/fixtures/pictures/: small pictures in formats that sharp does not write, and what Pillow reads of them.

    python scripts/make-fixtures/pictures.py

in the environment of `npm run test:parity` (Pillow, numpy). `expected.json` holds size and sha256 of each as RGB.
"""

import hashlib
import json
import pathlib

from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / 'test' / 'fixtures' / 'pictures'
FOLDER.mkdir(exist_ok=True)
photo = Image.open(ROOT / 'media' / 'samples' / 'efficientnet-lite0' / 'photos' / 'chelsea.jpg').convert('RGB').resize((45, 30))
grey = photo.convert('L')

photo.save(FOLDER / 'colour.bmp')
photo.convert('P', palette=Image.Palette.ADAPTIVE).save(FOLDER / 'palette.bmp')
photo.convert('1').save(FOLDER / 'bits.bmp')
grey.save(FOLDER / 'grey.bmp')
photo.convert('RGBA').save(FOLDER / 'alpha.bmp')
photo.save(FOLDER / 'colour.ppm')
grey.save(FOLDER / 'grey.pgm')
photo.convert('1').save(FOLDER / 'bits.pbm')
photo.save(FOLDER / 'colour.jp2', irreversible=False)
photo.save(FOLDER / 'lossy.j2k', irreversible=True, quality_mode='rates', quality_layers=[8])
grey.save(FOLDER / 'grey.j2k', irreversible=False)

expected = {}
for file in sorted(FOLDER.glob('*.*')):
    if file.suffix == '.json':
        continue
    picture = Image.open(file).convert('RGB')
    expected[file.name] = {'size': picture.size, 'sha256': hashlib.sha256(picture.tobytes()).hexdigest()}
(FOLDER / 'expected.json').write_text(json.dumps(expected, indent=2) + '\n')
