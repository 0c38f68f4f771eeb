import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { useMentionSearch } from '../../api/mentions.js'
import { useKeys } from '../../keys/keys.js'
import { ActionButton } from '../../parts/action-button.js'
import { Loading } from '../../parts/notice.js'
import type { Filters } from '../../routing/filters.js'
import { MentionRow } from './mention-row.js'
import { NothingFound } from './nothing-found.js'

interface MentionListProps {
  filters: Filters
  result: ReturnType<typeof useMentionSearch>
  open: string | null
  onOpen: (id: string) => void
  onShowFresh: () => void
}

const ROW_GUESS_PX = 96
const AHEAD = 10

/** The mentions found. Rows are made as they come into sight; what comes in later never moves them. */
export function MentionList({ filters, result, open, onOpen, onShowFresh }: MentionListProps) {
  const { t } = useTranslation()
  const scroller = useRef<HTMLDivElement>(null)
  const [cursor, setCursor] = useState<number | null>(null)
  const [moved, setMoved] = useState(0)
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = result
  const items = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data])
  const total = data?.pages[0]?.total ?? 0

  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_GUESS_PX,
    getItemKey: (index) => items[index]?.mention.id ?? index,
    overscan: 6,
  })
  const rows = virtual.getVirtualItems()
  const lastShown = rows.at(-1)?.index ?? -1

  useEffect(() => {
    const nearEnd = lastShown >= items.length - AHEAD
    if (nearEnd && items.length > 0 && hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage()
  }, [lastShown, items.length, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage])

  useEffect(() => {
    if (moved === 0 || cursor === null) return
    // The row may be made only after the list has scrolled.
    const frame = requestAnimationFrame(() => {
      const row = scroller.current?.querySelector<HTMLElement>(`[data-index="${cursor}"] a`)
      row?.focus({ preventScroll: true })
    })
    return () => cancelAnimationFrame(frame)
  }, [cursor, moved])

  const opened = items.findIndex((item) => item.mention.id === open)
  const move = (step: number): void => {
    if (items.length === 0) return
    const from = cursor ?? (opened >= 0 ? opened : null)
    const next = from === null ? 0 : Math.min(items.length - 1, Math.max(0, from + step))
    setCursor(next)
    setMoved((count) => count + 1)
    virtual.scrollToIndex(next, { align: 'auto' })
  }
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => {
      const item = cursor === null ? undefined : items[cursor]
      if (item) onOpen(item.mention.id)
    },
    s: onShowFresh,
  })

  if (data === undefined) return <Loading />
  if (items.length === 0) return <NothingFound filters={filters} />
  const tabbable = cursor ?? (opened >= 0 ? opened : 0)
  return (
    <div className="list" ref={scroller} data-testid="mention-list">
      <div className="list-space" role="list" style={{ blockSize: virtual.getTotalSize() }}>
        {rows.map((row) => {
          const item = items[row.index]
          if (item === undefined) return null
          return (
            <div
              key={row.key}
              ref={virtual.measureElement}
              data-index={row.index}
              role="listitem"
              aria-setsize={total}
              aria-posinset={row.index + 1}
              className="list-item"
              style={{ transform: `translateY(${row.start}px)` }}
            >
              <MentionRow
                item={item}
                filters={filters}
                isOpen={item.mention.id === open}
                isCursor={row.index === cursor}
                tabbable={row.index === tabbable}
                onFocus={() => setCursor(row.index)}
              />
            </div>
          )
        })}
      </div>
      <div className="list-end quiet">
        {isFetchNextPageError ? (
          <>
            {t('list.moreFailed')} <ActionButton onPress={() => void fetchNextPage()}>{t('state.retry')}</ActionButton>
          </>
        ) : hasNextPage ? (
          t('list.more')
        ) : (
          t('list.end')
        )}
      </div>
    </div>
  )
}
