import { useId } from 'react';
import type { Option } from '../form/derive';

interface SegmentedProps {
  readonly label: string;
  readonly options: readonly Option[];
  readonly value: unknown;
  onChange(value: string): void;
  readonly describedBy?: string | undefined;
  readonly invalid?: boolean;
}

/** A few exclusive choices side by side: native radio buttons, so arrow keys and names come with them. */
export function Segmented({ label, options, value, onChange, describedBy, invalid }: SegmentedProps) {
  const name = useId();
  return (
    <div
      role="radiogroup"
      aria-label={label}
      aria-describedby={describedBy}
      className="segmented"
      data-invalid={invalid || undefined}
    >
      {options.map((option) => (
        <label key={option.value} title={option.hint ?? undefined}>
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </div>
  );
}
