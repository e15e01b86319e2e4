"""Runs torch-model-archiver and reads archives; a line of JSON in, a line of JSON out.

A question is {"arguments": the archiver's configuration, "ours": path of an archive to read as well, or null}. The answer has
"peer" and "ours", each with its entries in order and its manifest's text; or "error" with what the archiver raised, or
"unreadable" with what Python says to our archive. The archiver's own archive is removed. Paths are relative to the working directory; copies are staged in TMPDIR.
"""

import functools
import hashlib
import json
import logging
import os
import shutil
import sys
import tarfile
import zipfile
from pathlib import Path

from model_archiver.model_archiver_config import ModelArchiverConfig
from model_archiver.model_packaging import generate_model_archive
from model_archiver.model_packaging_utils import ModelExportUtils

MANIFEST = 'MAR-INF/MANIFEST.json'


def read_archive(path, archive_format, name):
    if archive_format == 'no-archive':
        found = sorted(item for item in Path(path).rglob('*') if not item.is_dir())
        contents = [(item.relative_to(path).as_posix(), item.read_bytes(), None) for item in found]
    elif archive_format == 'tgz':
        contents = read_tar(path, f'{name}/')
    else:
        with zipfile.ZipFile(path) as archive:
            contents = [(info.filename, archive.read(info), info.compress_type) for info in archive.infolist()]
    entries = [
        {'name': entry, 'size': len(content), 'sha256': hashlib.sha256(content).hexdigest(), 'method': method}
        for entry, content, method in contents
    ]
    manifests = [content.decode('utf-8') for entry, content, _ in contents if entry == MANIFEST]
    return {'entries': entries, 'manifest': manifests[0] if len(manifests) == 1 else None}


def read_tar(path, folder):
    with tarfile.open(path, 'r:gz') as archive:
        members = archive.getmembers()
        assert all(member.isfile() and member.name.startswith(folder) for member in members), archive.getnames()
        return [(member.name[len(folder) :], archive.extractfile(member).read(), None) for member in members]


def answer(question):
    config = ModelArchiverConfig(**question['arguments'])
    ours = question['ours']
    read = functools.partial(read_archive, archive_format=config.archive_format, name=config.model_name)
    try:
        result = {'ours': None if ours is None else read(ours)}
    except (AssertionError, OSError, tarfile.TarError, zipfile.BadZipFile) as error:
        return {'ours': None, 'unreadable': f'{type(error).__name__}: {error}'}
    made = ModelExportUtils.get_archive_export_path(config.export_path, config.model_name, config.archive_format)
    try:
        generate_model_archive(config)
    except Exception as error:
        return {**result, 'error': f'{type(error).__name__}: {error}'}
    result['peer'] = read(made)
    if os.path.isdir(made):
        shutil.rmtree(made)
    else:
        os.remove(made)
    return result


if __name__ == '__main__':
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
