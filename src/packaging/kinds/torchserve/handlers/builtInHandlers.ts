/** Handlers that TorchServe 0.12 brings along: nothing is copied for them. */
export const builtInHandlers: readonly string[] = [
  'base_handler',
  'text_classifier',
  'image_classifier',
  'object_detector',
  'image_segmenter',
  'dali_image_classifier',
  'vllm_handler',
  'trt_llm_handler',
];
