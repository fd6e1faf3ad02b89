import { openRowFile } from '../row-file.ts';

/** For the test beside it: synchronous handles exist in workers only. */
self.onmessage = async () => {
  try {
    const file = await openRowFile('test');
    file.write(3, Float32Array.of(1.5, -2, 7));
    file.write(0, Int32Array.of(4, 5, 6));
    const floats = new Float32Array(2);
    const whole = new Int32Array(2);
    file.read(4, floats);
    file.read(1, whole);
    file.close();
    const again = await openRowFile('test');
    const empty = new Float32Array(1);
    again.read(0, empty);
    again.close();
    self.postMessage({ floats: [...floats], whole: [...whole], empty: [...empty] });
  } catch (error) {
    self.postMessage(String(error));
  }
};
