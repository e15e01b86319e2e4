import type { Tensor } from 'onnxruntime-common';

/** V2's name for each of ONNX Runtime's element types. */
const datatypes: Readonly<Partial<Record<Tensor.Type, string>>> = {
  float32: 'FP32',
  float16: 'FP16',
  float64: 'FP64',
  uint8: 'UINT8',
  uint16: 'UINT16',
  uint32: 'UINT32',
  uint64: 'UINT64',
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  bool: 'BOOL',
  string: 'BYTES',
};

export function datatypeOf(type: Tensor.Type): string {
  return datatypes[type] ?? type.toUpperCase();
}
