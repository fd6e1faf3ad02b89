const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const depthOf = (folder: string): number => (folder === '' ? 0 : folder.split('/').length);

const WEIGHTS = /\.safetensors(\.index\.json)?$/i;
/** Python's pickles, TensorFlow, Flax, llama.cpp. */
const OTHER_WEIGHTS = /^(pytorch_model.*\.bin|model.*\.(pt|pth|ckpt)|tf_model.*\.h5|flax_model.*\.msgpack|.*\.gguf)$/i;
const PICTURE = /\.(jpe?g|png|webp|gif|bmp|avif)$/i;

/** Weights, or the list of files that hold them. */
export const isSafetensors = (path: string): boolean => WEIGHTS.test(path);
/** Weights in a format that is not read. */
export const isOtherWeights = (path: string): boolean => OTHER_WEIGHTS.test(baseName(path));

/**
 * The folder that holds a checkpoint of Hugging Face `transformers`, among these paths: the outermost one with
 * `config.json` and weights or a tokenizer beside it; else, where there are no pictures, the outermost one with weights.
 * Undefined where there is none.
 */
export function checkpointFolder(paths: readonly string[]): string | undefined {
  const folders = [...new Set(paths.map(folderOf))].toSorted((a, b) => depthOf(a) - depthOf(b));
  const isWeights = (path: string) => isSafetensors(path) || isOtherWeights(path);
  const holds = (folder: string, test: (path: string) => boolean) =>
    paths.some((path) => folderOf(path) === folder && test(path));
  const named = (name: string) => (path: string) => baseName(path) === name;
  const whole = folders.find(
    (folder) =>
      holds(folder, named('config.json')) && (holds(folder, isWeights) || holds(folder, named('tokenizer.json'))),
  );
  if (whole !== undefined || paths.some((path) => PICTURE.test(path))) return whole;
  return folders.find((folder) => holds(folder, isWeights));
}
