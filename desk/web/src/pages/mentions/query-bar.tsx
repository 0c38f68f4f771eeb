import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useKeys } from '../../keys/keys.js'
import { mentionsPath, NO_FILTERS, parseFilters, type Filters } from '../../routing/filters.js'
import { navigate, useLocation } from '../../routing/location.js'
import { useSession } from '../../api/session.js'
import { pageOf } from '../../shell/pages.js'
import { readTyped } from './typed-filters.js'
import { useTokens } from './tokens.js'

/** The search: its words in a field, its filters as tokens that can be taken out. `/` leads here from everywhere. */
export function QueryBar() {
  const { t } = useTranslation()
  const { path, search } = useLocation()
  const { districts } = useSession()
  const onMentions = pageOf(path) === 'mentions'
  const filters = onMentions ? parseFilters(search) : NO_FILTERS
  const [text, setText] = useState(filters.q)
  const [shown, setShown] = useState(filters.q)
  const field = useRef<HTMLInputElement>(null)
  const tokens = useTokens(filters)
  // The address is the truth: the back button and a cleared search change the field.
  if (shown !== filters.q) {
    setShown(filters.q)
    setText(filters.q)
  }

  const go = (next: Filters): void => navigate(mentionsPath(next))
  useKeys({
    '/': () => {
      field.current?.focus()
      field.current?.select()
    },
  })
  useEffect(() => {
    const bar = field.current?.parentElement
    // With many tokens the end of the bar, where one types, stays in sight.
    if (bar) bar.scrollLeft = getComputedStyle(bar).direction === 'rtl' ? -bar.scrollWidth : bar.scrollWidth
  }, [tokens.length])

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') field.current?.blur()
    if (event.key === 'Backspace' && text === '') {
      const last = tokens.at(-1)
      if (last) go(last.without)
    }
  }

  return (
    <form
      className="query"
      role="search"
      onSubmit={(event) => {
        event.preventDefault()
        const next = readTyped(text, filters, districts)
        setText(next.q)
        go(next)
      }}
    >
      <div className="query-bar">
        {tokens.map((token) => (
          <button
            key={token.key}
            type="button"
            className="token"
            data-testid="filter-token"
            aria-label={t('query.remove', { name: token.name })}
            onClick={() => go(token.without)}
          >
            <span>{token.name}</span>
            <span aria-hidden="true" className="token-cross">
              ×
            </span>
          </button>
        ))}
        <input
          ref={field}
          type="search"
          enterKeyHint="search"
          dir={text === '' ? undefined : 'auto'}
          className="query-field"
          aria-label={t('query.label')}
          placeholder={t('query.placeholder')}
          maxLength={500}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          data-testid="search"
        />
        <kbd className="hint query-hint" aria-hidden="true" dir="ltr">
          /
        </kbd>
      </div>
    </form>
  )
}
