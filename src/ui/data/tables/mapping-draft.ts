import { type ColumnRole, LAYOUTS, type Layout, type TextMapping } from '@/protocol/text.ts';

/** Roles that mean the same in one layout and in another. */
const ALIKE: readonly (readonly ColumnRole[])[] = [
  ['text', 'prompt', 'instruction', 'messages'],
  ['completion', 'output'],
];

export const rolesOf = (layout: Layout): readonly ColumnRole[] => [
  ...LAYOUTS[layout].required,
  ...LAYOUTS[layout].optional,
];

const isRequired = (layout: Layout, role: ColumnRole): boolean =>
  (LAYOUTS[layout].required as readonly ColumnRole[]).includes(role);

/** The same columns under another layout, as far as it has a place for them. */
export function withLayout({ columns }: TextMapping, layout: Layout): TextMapping {
  const next: Partial<Record<ColumnRole, string>> = {};
  for (const role of rolesOf(layout)) {
    const alike = ALIKE.find((roles) => roles.includes(role)) ?? [role];
    const column = columns[role] ?? alike.map((other) => columns[other]).find(Boolean);
    if (column && !Object.values(next).includes(column)) next[role] = column;
  }
  return { layout, columns: next };
}

/** A column for a role, taken from the role that had it; none takes it away. */
export function withColumn({ layout, columns }: TextMapping, role: ColumnRole, column: string | null): TextMapping {
  const rest = Object.entries(columns).filter(([other, name]) => other !== role && name !== column);
  return { layout, columns: Object.fromEntries(column ? [...rest, [role, column]] : rest) };
}

/** Required roles that have no column yet. */
export const missingOf = ({ layout, columns }: TextMapping): ColumnRole[] =>
  rolesOf(layout).filter((role) => isRequired(layout, role) && !columns[role]);

export const isOptional = (layout: Layout, role: ColumnRole): boolean => !isRequired(layout, role);

export const sameMapping = (a: TextMapping, b: TextMapping): boolean =>
  a.layout === b.layout && rolesOf(a.layout).every((role) => a.columns[role] === b.columns[role]);
