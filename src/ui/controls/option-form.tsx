import type { OptionSpec, OptionValue, OptionValues } from '@/protocol/options.ts';
import { taskOf } from '@/session/defaults.ts';
import { useStudio } from '../studio-context.tsx';
import { useKindTranslation } from './kind-translation.ts';
import { ListField, type ListItem } from './list-field.tsx';
import { ChoiceField, LogField, NumberField, SwitchField, TextField } from './option-fields.tsx';
import styles from './option-form.module.css';

interface OptionFormProps {
  specs: readonly OptionSpec[];
  values: OptionValues;
  /** Told when a value is settled: after a choice, or when typing has come to rest. */
  onChange(name: string, value: OptionValue): void;
  disabled?: boolean;
  /** Names of those that stand out, as something set them. */
  marked?: ReadonlySet<string>;
  /** What can be ticked in the lists; those without are left out. */
  lists?: Lists;
}
/** By what a list is of. */
type Lists = Readonly<Partial<Record<ListSpec['of'], readonly ListItem[]>>>;
type ListSpec = Extract<OptionSpec, { type: 'list' }>;

/**
 * Options as data to fields: one for each spec, in their order, two columns where there is room. Words come from the
 * `option` namespace: `<name>.label`, `<name>.help` and `<name>.choice.<value>`.
 */
export function OptionForm({ specs, values, onChange, disabled = false, marked, lists = {} }: OptionFormProps) {
  return (
    <div className={styles.form}>
      {specs.map((spec) => (
        <OptionField
          key={spec.name}
          spec={spec}
          value={values[spec.name] ?? spec.default}
          onChange={(value) => onChange(spec.name, value)}
          disabled={disabled}
          marked={marked?.has(spec.name) ?? false}
          lists={lists}
        />
      ))}
    </div>
  );
}

interface OptionFieldProps {
  spec: OptionSpec;
  value: OptionValue;
  onChange(value: OptionValue): void;
  disabled?: boolean;
  marked?: boolean;
  lists?: Lists;
}

/** One option. */
export function OptionField({ spec, value, onChange, disabled = false, marked = false, lists = {} }: OptionFieldProps) {
  const { t } = useKindTranslation('option');
  const writes = useStudio(({ settings }) => taskOf(settings).output === 'token');
  /** Of a model that writes, `key_token` where there are such words. */
  const say = (key: string, defaultValue: string) => t(writes ? [`${key}_token`, key] : key, { defaultValue });
  const words = {
    label: say(`${spec.name}.label`, spec.name),
    help: say(`${spec.name}.help`, ''),
    disabled,
    marked,
  };
  switch (spec.type) {
    case 'integer':
      return <NumberField {...words} spec={spec} value={Number(value)} onChange={onChange} />;
    case 'number':
      return spec.scale === 'log' ? (
        <LogField {...words} spec={spec} value={Number(value)} onChange={onChange} />
      ) : (
        <NumberField {...words} spec={spec} value={Number(value)} onChange={onChange} />
      );
    case 'choice':
      return (
        <ChoiceField
          {...words}
          value={String(value)}
          choices={spec.choices.map((choice) => ({
            value: choice,
            label: say(`${spec.name}.choice.${choice}`, choice),
          }))}
          onChange={onChange}
        />
      );
    case 'text':
      return <TextField {...words} value={String(value)} onChange={onChange} />;
    case 'list': {
      const items = lists[spec.of];
      const named = Array.isArray(value) ? (value as readonly string[]) : [];
      return items ? <ListField {...words} items={items} value={named} onChange={onChange} /> : null;
    }
    case 'switch':
      return <SwitchField {...words} value={Boolean(value)} onChange={onChange} />;
    default:
      return spec satisfies never;
  }
}
