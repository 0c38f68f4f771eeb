import { Case, Unit } from '../../schemas/case.js'
import { DailyReport } from '../../schemas/report.js'
import { MentionPage, MentionQuery } from '../../schemas/search.js'
import { TOPICS } from '../../schemas/topics.js'
import { User } from '../../schemas/user.js'
import { VocabularyEntry, VocabularyItem, VocabularyTrial } from '../../schemas/vocabulary.js'
import { EXIT } from '../exit-codes.js'

/** Prints every noun that travels or is answered, as one JSON document of JSON Schemas: topics by their names, the rest under `nouns`. */
export function schemas(output: NodeJS.WritableStream): number {
  const document = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    topics: TOPICS,
    nouns: {
      case: Case,
      unit: Unit,
      user: User,
      dailyReport: DailyReport,
      mentionQuery: MentionQuery,
      mentionPage: MentionPage,
      vocabularyEntry: VocabularyEntry,
      vocabularyItem: VocabularyItem,
      vocabularyTrial: VocabularyTrial,
    },
  }
  output.write(`${JSON.stringify(document, null, 2)}\n`)
  return EXIT.done
}
