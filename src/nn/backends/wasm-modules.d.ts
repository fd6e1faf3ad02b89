/** The Emscripten modules that TensorFlow.js ships beside its own code, without types of their own. */
declare module '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js' {
  const factory: (config: {
    locateFile: (path: string) => string;
    mainScriptUrlOrBlob: string;
  }) => Promise<import('./wasm-threads.ts').EmscriptenModule>;
  export default factory;
}
declare module '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.worker.js' {
  const contents: { wasmWorkerContents: string };
  export default contents;
}
