import { startMeter } from './meter.ts';
import { isModelId, MODEL_IDS, type ModelId } from './models.ts';
import { nullGpu } from './null-device.ts';
import { countOurs } from './ours.ts';

/** `npm run bench -- --counts gpt-4l --tally` */
export async function main(args: readonly string[]): Promise<void> {
  nullGpu();
  startMeter();
  const names = args.filter((arg) => !arg.startsWith('--'));
  const unknown = names.filter((name) => !isModelId(name));
  if (unknown.length > 0)
    throw new Error(`There is no model "${unknown.join('", "')}"; there are ${MODEL_IDS.join(', ')}.`);
  const ids = names.length > 0 ? (names as ModelId[]) : MODEL_IDS;
  const ours: Record<string, object> = {};
  for (const id of ids) {
    const started = performance.now();
    const { tally, ...counts } = await countOurs(id, 'full', args.includes('--tally'));
    if (tally)
      console.log(
        Object.entries(tally)
          .sort((a, b) => b[1] - a[1])
          .map(([name, calls]) => `${String(calls).padStart(6)}  ${name}`)
          .join('\n'),
      );
    console.log(id, ((performance.now() - started) / 1000).toFixed(1), counts);
    const { dispatches, uploadBytes, buffersCreated, awaitedReads, peakBytes, jsMs } = counts;
    ours[id] = { dispatches, uploadBytes, buffersCreated, awaitedReads, peakBytes, jsMs };
  }
  console.log(JSON.stringify(ours));
}
