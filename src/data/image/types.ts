/** A decoded picture without transparency: four bytes a pixel, row by row, alpha 255 everywhere. */
export interface RgbaImage {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

/** Bytes row by row: `data[(y * width + x) * stride + channel]`. */
export interface Raster {
  width: number;
  height: number;
  /** Bytes from one pixel to the next; more than the channels where some are passed over. */
  stride: number;
  data: Uint8Array | Uint8ClampedArray;
}

/** A square of whole pixels. */
export interface Square {
  left: number;
  top: number;
  side: number;
}
