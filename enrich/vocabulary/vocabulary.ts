import type { VocabularyEntry, VocabularyItem, VocabularyList, VocabularyTrial } from '../../schemas/vocabulary.js'

/** What administrators do with districts, places and words. */
export interface Vocabulary {
  /** What stands, the newest first, each with why it is not in use; with `retired` what was retired too, the newest 1,000 in all. */
  list(options: { readonly retired: boolean }): Promise<VocabularyList>
  /** Throws a Failure `refused` or `conflict` that says why it may not be added. Takes effect here at once, in other processes within seconds. */
  add(
    entry: VocabularyEntry,
    by: string,
  ): Promise<{ readonly item: VocabularyItem; readonly warnings: readonly string[] }>
  /** Throws a Failure `not-found`, or `conflict` where it was retired before. */
  retire(id: string, by: string): Promise<VocabularyItem>
  /** How a text is tagged, and how it would be with an entry more. Keeps nothing. */
  try(trial: { readonly entry?: VocabularyEntry | undefined; readonly text: string }): Promise<VocabularyTrial>
}
