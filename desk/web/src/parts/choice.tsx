import { Label, Radio, RadioGroup } from 'react-aria-components'

interface ChoiceProps<T extends string> {
  label: string
  value: T
  onChange: (value: T) => void
  options: readonly { id: T; name: string; lang?: string }[]
  hideLabel?: boolean
}

/** One of a few, all of them in sight. */
export function Choice<T extends string>({ label, value, onChange, options, hideLabel = false }: ChoiceProps<T>) {
  return (
    <RadioGroup
      className="choice"
      orientation="horizontal"
      value={value}
      onChange={(next) => onChange(next as T)}
      {...(hideLabel ? { 'aria-label': label } : {})}
    >
      {!hideLabel && <Label className="choice-label">{label}</Label>}
      <div className="choice-options">
        {options.map((option) => (
          <Radio key={option.id} value={option.id} className="choice-option" data-testid={`choice-${option.id}`}>
            <span lang={option.lang}>{option.name}</span>
          </Radio>
        ))}
      </div>
    </RadioGroup>
  )
}
