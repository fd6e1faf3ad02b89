import { useEffect, useState } from 'react';

/**
 * What spoke for a class, by its index; undefined until it comes, and while another is on its way. `explain` stays the
 * same function as long as it is about the same example.
 */
export function useExplanation<T>(
  explain: (label: number) => Promise<T | undefined>,
  label: number | undefined,
): T | undefined {
  const [found, setFound] = useState<{ explain: typeof explain; label: number; explanation: T | undefined }>();
  useEffect(() => {
    if (label === undefined) return;
    let wanted = true;
    void explain(label).then((explanation) => wanted && setFound({ explain, label, explanation }));
    return () => {
      wanted = false;
    };
  }, [explain, label]);
  return found?.explain === explain && found.label === label ? found.explanation : undefined;
}
