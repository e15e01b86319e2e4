export function nodeTest(kind: 'unit' | 'parity' | 'torchserve' | 'ui' | 'cluster'): string[];
