import type { Option } from './derive';

interface ChipsProps {
  readonly label: string;
  readonly options: readonly Option[];
  readonly value: unknown;
  onChange(value: readonly string[]): void;
  readonly describedBy?: string | undefined;
}

/** Several choices at once: check boxes that look like chips; the order of the options is the value's order. */
export function Chips({ label, options, value, onChange, describedBy }: ChipsProps) {
  const chosen: readonly unknown[] = Array.isArray(value) ? value : [];
  const toggle = (option: string, on: boolean) =>
    onChange(
      options.map((each) => each.value).filter((each) => (each === option ? on : chosen.includes(each))),
    );
  return (
    <fieldset aria-label={label} aria-describedby={describedBy} className="chips">
      {options.map((option) => (
        <label key={option.value} title={option.hint ?? undefined}>
          <input
            type="checkbox"
            checked={chosen.includes(option.value)}
            onChange={(event) => toggle(option.value, event.target.checked)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
