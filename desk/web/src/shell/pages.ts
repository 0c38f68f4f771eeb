export const PAGE_NAMES = ['watch', 'mentions', 'reports', 'sources', 'words'] as const
export type PageName = (typeof PAGE_NAMES)[number]

/** The page an address belongs to; the bare address is Watch. */
export function pageOf(path: string): PageName | null {
  const first = path.split('/')[1] ?? ''
  if (first === '') return 'watch'
  return PAGE_NAMES.find((name) => name === first) ?? null
}
