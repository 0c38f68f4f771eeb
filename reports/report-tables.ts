import type { DistrictTable } from '../runtime/district-table.js'
import type { CorrectableTag } from '../schemas/correction.js'
import type { DailyReport, SentimentCounts } from '../schemas/report.js'

export interface ReportRow extends SentimentCounts {
  readonly value: string
  /** How it is called, in English and, where there is one, in Urdu. */
  readonly name: string
  readonly nameUr: string | null
}

export interface ReportTable {
  readonly id: 'district' | 'language' | 'channel' | 'category'
  readonly title: string
  readonly rows: readonly ReportRow[]
}

const TAG_NAMES: Readonly<Record<CorrectableTag, string>> = {
  alert: 'alert',
  category: 'category',
  severity: 'severity',
  districts: 'district',
  lang: 'language',
  sentiment: 'sentiment',
}

/** Which tags were corrected by hand in how many mentions, as they are called on the page and in the file. */
export const correctedRows = ({ correctedTags = [] }: DailyReport) =>
  correctedTags.map(({ tag, count }) => ({ tag, name: TAG_NAMES[tag], count }))

const languages = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' })

function languageName(lang: string): string {
  if (lang === 'und' || lang === 'unknown') return 'Unknown'
  try {
    return languages.of(lang) ?? lang
  } catch {
    return lang
  }
}

const plainName = (value: string) => {
  const words = value.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The tables of a report, in the order of the page and of the file, with names beside the ids. */
export function reportTables(report: DailyReport, districts: DistrictTable): ReportTable[] {
  return [
    {
      id: 'district',
      title: 'By district',
      rows: report.byDistrict.map((row) => {
        const names = districts.byId.get(row.value)?.names
        return { ...row, name: names?.en ?? plainName(row.value), nameUr: names?.ur ?? null }
      }),
    },
    {
      id: 'language',
      title: 'By language',
      rows: report.byLanguage.map((row) => ({ ...row, name: languageName(row.value), nameUr: null })),
    },
    {
      id: 'channel',
      title: 'By channel',
      rows: report.byChannel.map((row) => ({ ...row, name: plainName(row.value), nameUr: null })),
    },
    {
      id: 'category',
      title: 'By category',
      rows: report.byCategory.map((row) => ({ ...row, name: plainName(row.value), nameUr: null })),
    },
  ]
}
