import { Button, type ButtonProps } from 'react-aria-components'
import type { ReactNode } from 'react'

interface ActionButtonProps extends Omit<ButtonProps, 'children' | 'className'> {
  children: ReactNode
  look?: 'main' | 'plain' | 'quiet' | 'danger'
  /** The key that does the same, shown on the button. */
  hint?: string | undefined
  large?: boolean
  'data-testid'?: string
}

/** The one button of the desk. */
export function ActionButton({ children, look = 'plain', hint, large = false, ...rest }: ActionButtonProps) {
  return (
    <Button {...rest} className={`button button-${look}${large ? ' button-large' : ''}`}>
      <span className="button-words">{children}</span>
      {hint !== undefined && (
        <kbd className="hint" aria-hidden="true" dir="ltr">
          {hint}
        </kbd>
      )}
    </Button>
  )
}
