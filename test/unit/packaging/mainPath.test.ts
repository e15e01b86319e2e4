import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { mainPath, pagePath } from '../../../src/packaging/modelPackage.ts';

describe('mainPath', () => {
  const folder = path.join(path.sep, 'models');
  const file = (name: string, source?: string) => ({
    path: name,
    size: 1,
    sha256: '',
    ...(source !== undefined && { source: path.join(path.sep, ...source.split('/')) }),
  });
  for (const [what, made, expected] of [
    [
      'the archive in its layout',
      { archive: 'model-store/a.mar', files: [file('model-store/a.mar')] },
      'models/model-store/a.mar',
    ],
    [
      'an archive that lies alone',
      { archive: 'model-store/a.mar', files: [file('model-store/a.mar', 'home/ada/a.mar')] },
      'home/ada/a.mar',
    ],
    [
      'an unpacked archive that lies alone',
      {
        archive: 'model-store/a',
        files: [file('model-store/a/MAR-INF/MANIFEST.json', 'home/ada/a/MAR-INF/MANIFEST.json')],
      },
      'home/ada/a',
    ],
    ['the folder of a package without an archive', { files: [file('1/model.onnx')] }, 'models'],
  ] as const) {
    it(`is ${what}`, () => {
      assert.equal(mainPath({ folder, ...made }), path.join(path.sep, ...expected.split('/')));
    });
  }
});

describe('pagePath', () => {
  it('is the archive, or the record of a package that is a folder', () => {
    const folder = path.join(path.sep, 'p');
    const files = (...names: readonly string[]) => names.map((name) => ({ path: name, size: 1, sha256: '' }));
    const archive = 'model-store/a.mar';
    assert.equal(pagePath({ folder, archive, files: files(archive) }), path.join(folder, 'model-store', 'a.mar'));
    assert.equal(
      pagePath({ folder, files: files('1/m', 'model-deck-package.json') }),
      path.join(folder, 'model-deck-package.json'),
    );
    assert.equal(pagePath({ folder, files: files('1/m') }), undefined);
  });
});
