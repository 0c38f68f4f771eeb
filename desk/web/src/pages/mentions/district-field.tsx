import { useState } from 'react'
import { Button, ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { useDistricts } from '../../parts/use-names.js'

interface DistrictFieldProps {
  chosen: readonly string[]
  onChange: (chosen: string[]) => void
}

/** Districts by typing a few letters of any of their names, in any of the three languages; Backspace in the empty field takes the last away. */
export function DistrictField({ chosen, onChange }: DistrictFieldProps) {
  const { t } = useTranslation()
  const { list, name } = useDistricts()
  const [typed, setTyped] = useState('')
  const wanted = typed.trim().toLocaleLowerCase()
  const fits = ({ id, names }: (typeof list)[number]): boolean =>
    [id, ...Object.values(names)].some((word) => word.toLocaleLowerCase().includes(wanted))
  const found = list.filter((district) => !chosen.includes(district.id) && fits(district))
  const [isTouched, setIsTouched] = useState(false)
  const change = (next: string[]): void => {
    setTyped('')
    setIsTouched(true)
    onChange(next)
  }
  return (
    <ComboBox
      // Emptied by a choice it would open again, over what was chosen: after each it begins anew, and is typed into at once.
      key={chosen.join(' ')}
      autoFocus={isTouched}
      className="field"
      items={found}
      selectedKey={null}
      inputValue={typed}
      onInputChange={setTyped}
      onSelectionChange={(key) => key !== null && change([...chosen, String(key)])}
      menuTrigger="input"
    >
      <Label>{t('tag.district')}</Label>
      <span className="district-chosen">
        {chosen.length === 0 && <span className="tag-words">{t('tag.noDistrict')}</span>}
        {chosen.map((id) => (
          <Button
            key={id}
            slot={null}
            className="chip chip-plain"
            aria-label={t('correct.removeDistrict', { name: name(id) })}
            onPress={() => change(chosen.filter((other) => other !== id))}
          >
            {name(id)} <span aria-hidden="true">×</span>
          </Button>
        ))}
      </span>
      <Input
        placeholder={t('correct.addDistrict')}
        data-testid="correct-districts"
        onKeyDown={(event) => {
          if (event.key === 'Backspace' && typed === '' && chosen.length > 0) change(chosen.slice(0, -1))
        }}
      />
      {wanted !== '' && found.length === 0 && <small className="tag-words">{t('correct.noSuchDistrict')}</small>}
      <Popover className="popover district-list">
        <ListBox<(typeof list)[number]> className="district-options">
          {(district) => (
            <ListBoxItem id={district.id} textValue={name(district.id)} className="district-option">
              {name(district.id)}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  )
}
