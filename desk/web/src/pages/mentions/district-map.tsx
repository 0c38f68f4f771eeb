import { useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { District, MentionPage } from '../../api/types.js'
import { useDistricts } from '../../parts/use-names.js'

interface DistrictMapProps {
  counts: MentionPage['facets']['district']
  chosen: readonly string[]
  onToggle: (id: string) => void
}

const STEPS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** The nearest tile in a direction, one in the same row or column before one aside. */
function neighbour(list: readonly District[], from: District, step: readonly [number, number]): District | undefined {
  const ahead = list
    .map((district) => ({ district, x: district.tile[0] - from.tile[0], y: district.tile[1] - from.tile[1] }))
    .filter(({ x, y }) => x * step[0] + y * step[1] > 0)
    .map(({ district, x, y }) => ({
      district,
      cost: Math.abs(x * step[0] + y * step[1]) + 3 * Math.abs(x * step[1] + y * step[0]),
    }))
  return ahead.sort((a, b) => a.cost - b.cost)[0]?.district
}

/** Five shades by the share of the fullest district; 0 is no mention at all. */
function shade(count: number, largest: number): number {
  return count === 0 || largest === 0 ? 0 : Math.max(1, Math.ceil((count / largest) * 5))
}

/** The province as tiles, each district as large as every other. West stays left in every language. */
export function DistrictMap({ counts, chosen, onToggle }: DistrictMapProps) {
  const { t } = useTranslation()
  const { list, name } = useDistricts()
  const [current, setCurrent] = useState(() => list[0]?.id)
  const tiles = useRef(new Map<string, HTMLButtonElement>())
  const countOf = new Map(counts.map(({ value, count }) => [value, count]))
  const largest = Math.max(0, ...list.map((district) => countOf.get(district.id) ?? 0))

  const onKeyDown = (event: KeyboardEvent, district: District): void => {
    const step = STEPS[event.key]
    if (step === undefined) return
    event.preventDefault()
    const next = neighbour(list, district, step)
    if (next === undefined) return
    setCurrent(next.id)
    tiles.current.get(next.id)?.focus()
  }

  return (
    <div className="map" dir="ltr" role="group" aria-label={t('facet.map')}>
      {list.map((district) => {
        const count = countOf.get(district.id) ?? 0
        const label = t('facet.tile', { name: name(district.id), count })
        return (
          <button
            key={district.id}
            type="button"
            ref={(element) => {
              if (element === null) tiles.current.delete(district.id)
              else tiles.current.set(district.id, element)
            }}
            className={`tile shade-${shade(count, largest)}`}
            style={{ gridColumn: district.tile[0] + 1, gridRow: district.tile[1] + 1 }}
            tabIndex={district.id === current ? 0 : -1}
            aria-pressed={chosen.includes(district.id)}
            aria-label={label}
            title={label}
            onClick={() => onToggle(district.id)}
            onFocus={() => setCurrent(district.id)}
            onKeyDown={(event) => onKeyDown(event, district)}
          >
            {district.code}
          </button>
        )
      })}
    </div>
  )
}
