import { Skeleton } from '@mantine/core';
import { Card } from '@/ui/controls/card.tsx';

/** A card whose code is on its way. */
export const Waiting = () => (
  <Card>
    <Skeleton height={180} />
  </Card>
);
