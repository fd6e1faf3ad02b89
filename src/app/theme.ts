import {
  type ButtonProps,
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type NumberInputProps,
  type SelectProps,
  type TooltipProps,
  type VariantColorsResolver,
} from '@mantine/core';

/** Greys of the chrome, light to dark; the tokens in `tokens.css` decide what is drawn. */
const ink: MantineColorsTuple = [
  '#F4F5F7',
  '#E9ECF0',
  '#E1E5EA',
  '#C8CED6',
  '#7C8693',
  '#5B6572',
  '#414A56',
  '#2B333D',
  '#1B2027',
  '#11161C',
];

/** Buttons by token, so that both schemes need no code: filled, default, subtle; `color="bad"` for what destroys. */
const variantColorResolver: VariantColorsResolver = (input) => {
  const bad = input.color === 'bad';
  if (input.color && input.color !== 'ink' && !bad) return defaultVariantColorsResolver(input);
  const color = bad ? 'var(--bad)' : 'var(--ink)';
  switch (input.variant) {
    case 'filled':
      return {
        background: bad ? 'var(--bad)' : 'var(--primary)',
        hover: bad ? 'var(--bad)' : 'var(--primary-hover)',
        color: bad ? 'var(--surface)' : 'var(--on-primary)',
        border: '1px solid transparent',
      };
    case 'default':
      return { background: 'var(--surface)', hover: 'var(--hover)', color, border: '1px solid var(--line-2)' };
    case 'subtle':
      return { background: 'transparent', hover: 'var(--hover)', color, border: '1px solid transparent' };
    default:
      return defaultVariantColorsResolver(input);
  }
};

export const theme = createTheme({
  colors: { ink },
  primaryColor: 'ink',
  primaryShade: { light: 9, dark: 0 },
  autoContrast: true,
  defaultRadius: 8,
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily:
    '"Inter Variable", Inter, system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif',
  fontFamilyMonospace: '"JetBrains Mono Variable", ui-monospace, "SF Mono", Consolas, monospace',
  fontSizes: { xs: '12px', sm: '14px', md: '15px', lg: '18px', xl: '24px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '24px', xl: '30px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  headings: { fontWeight: '650' },
  variantColorResolver,
  // By name: `Select.extend` would bring the component, and all that it needs, before the first paint.
  components: {
    Button: { defaultProps: { variant: 'default' } satisfies ButtonProps },
    NumberInput: { defaultProps: { hideControls: true } satisfies NumberInputProps },
    Select: {
      defaultProps: {
        allowDeselect: false,
        withCheckIcon: true,
        comboboxProps: { shadow: 'md' },
      } satisfies Partial<SelectProps>,
    },
    Tooltip: {
      defaultProps: { multiline: true, maw: 320, withArrow: true, openDelay: 300 } satisfies Partial<TooltipProps>,
    },
  },
});

const shared = {
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-body': 'var(--surface)',
  '--mantine-color-dimmed': 'var(--ink-3)',
  '--mantine-color-error': 'var(--bad)',
  '--mantine-color-placeholder': 'var(--ink-3)',
  '--mantine-color-anchor': 'var(--ink)',
  '--mantine-color-default': 'var(--surface)',
  '--mantine-color-default-hover': 'var(--hover)',
  '--mantine-color-default-color': 'var(--ink)',
  '--mantine-color-default-border': 'var(--line-2)',
  '--mantine-color-disabled': 'var(--inset)',
  '--mantine-color-disabled-color': 'var(--ink-3)',
  '--mantine-color-disabled-border': 'var(--line)',
  '--mantine-primary-color-filled': 'var(--primary)',
  '--mantine-primary-color-filled-hover': 'var(--primary-hover)',
  '--mantine-primary-color-contrast': 'var(--on-primary)',
  '--mantine-color-ink-filled': 'var(--primary)',
  '--mantine-color-ink-filled-hover': 'var(--primary-hover)',
};

/** Points Mantine's own variables at the tokens. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {
    '--mantine-shadow-md': 'var(--shadow-2)',
    '--mantine-shadow-sm': 'var(--shadow)',
  },
  light: shared,
  dark: shared,
});
