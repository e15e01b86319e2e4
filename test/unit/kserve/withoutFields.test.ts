import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withoutFields } from '../../../src/kserve/withoutFields.ts';

const text = `apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: net
  annotations:
    example.com/owner: ada
    example.com: x
    example: z
spec:
  predictor:
    minReplicas: 1
    containers:
      - name: main
        image: a
        args:
          - one
          - two
      - name: other
        image: b
`;

const removing = (...fields: string[]): readonly string[] => {
  const left = withoutFields(text, fields).split('\n');
  return text
    .split('\n')
    .filter((line) => !left.includes(line))
    .map((line) => line.trim());
};

describe('withoutFields', () => {
  it('takes out a field of an object, and leaves the rest as it was', () => {
    assert.deepEqual(removing('.spec.predictor.minReplicas'), ['minReplicas: 1']);
    assert.deepEqual(removing(), []);
  });

  it('finds keys that have dots themselves', () => {
    assert.deepEqual(removing('.metadata.annotations.example.com/owner'), ['example.com/owner: ada']);
    assert.deepEqual(removing('.metadata.annotations.example.com'), ['example.com: x']);
    assert.deepEqual(removing('.metadata.annotations.example'), ['example: z']);
  });

  it('finds items by their keys, their value, their index', () => {
    assert.deepEqual(removing('.spec.predictor.containers[name="main"].image'), ['image: a']);
    assert.deepEqual(removing('.spec.predictor.containers[name="main"].args[="one"]'), ['- one']);
    assert.deepEqual(removing('.spec.predictor.containers[0].args[1]'), ['- two']);
    assert.deepEqual(removing('.spec.predictor.containers[name="other"]'), ['- name: other', 'image: b']);
  });

  it('passes over what is not there', () => {
    for (const field of ['.spec.nothing', '.spec.predictor.containers[name="x"].image', '.kind.of', 'odd', '']) {
      assert.deepEqual(removing(field), [], field);
    }
  });
});
