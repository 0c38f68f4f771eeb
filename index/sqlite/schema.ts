import { personOf } from '../../runtime/person.js'
import type { Sqlite } from '../../runtime/sqlite.js'
import type { IndexedMention } from '../../schemas/search.js'

const SCHEMA_VERSION = 3

/**
 * `mentions` is narrow, so that counting reads little; what is shown is in `bodies`. `tagsets` holds every combination of tags that occurs (some
 * thousands at most): mentions are counted by combination, and the facets are made of those counts. `seq` is the order of arrival and never used again.
 * `words` holds folded words parted by spaces, so the simplest tokenizer is the right one. `deletions` remembers what was withdrawn, without a
 * word of it: where it stood, so that a conversation shows the gap and those who saw it hear that it went; that leaves with the retention, the version stays.
 */
const SCHEMA = `
CREATE TABLE tagsets (
  id INTEGER PRIMARY KEY,
  channel TEXT NOT NULL, lang TEXT NOT NULL, category TEXT NOT NULL, severity TEXT NOT NULL, sentiment TEXT NOT NULL,
  alert INTEGER NOT NULL, unjudged INTEGER NOT NULL,
  UNIQUE (channel, lang, category, severity, sentiment, alert, unjudged)
);
CREATE TABLE mentions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  written_at INTEGER NOT NULL,
  tagset INTEGER NOT NULL REFERENCES tagsets (id),
  conversation TEXT NOT NULL,
  person TEXT NOT NULL DEFAULT '',
  language_confidence REAL,
  category_confidence REAL,
  revision INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX mentions_by_time ON mentions (received_at, seq, tagset);
CREATE INDEX mentions_by_tagset ON mentions (tagset, received_at);
CREATE INDEX mentions_by_conversation ON mentions (conversation, written_at);
CREATE INDEX mentions_by_person ON mentions (conversation, person, written_at);
CREATE TABLE bodies (seq INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE mention_districts (district TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (district, seq)) WITHOUT ROWID;
CREATE INDEX districts_by_mention ON mention_districts (seq, district);
CREATE TABLE mention_corrections (tag TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (tag, seq)) WITHOUT ROWID;
CREATE INDEX corrections_by_mention ON mention_corrections (seq, tag);
CREATE TABLE deletions (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL,
  conversation TEXT NOT NULL DEFAULT '', person TEXT NOT NULL DEFAULT '', districts TEXT NOT NULL DEFAULT '[]',
  written_at INTEGER NOT NULL DEFAULT 0, deleted_at INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX deletions_by_conversation ON deletions (conversation, written_at) WHERE conversation <> '';
CREATE VIRTUAL TABLE words USING fts5 (text, parted, author, tokenize = 'ascii');
INSERT INTO words (words, rank) VALUES ('secure-delete', 1);
PRAGMA user_version = ${SCHEMA_VERSION};
`

/** What version 2 knows more than version 1: whose a mention is, and where a withdrawn one stood. */
const FROM_1_TO_2 = `
ALTER TABLE mentions ADD COLUMN person TEXT NOT NULL DEFAULT '';
CREATE INDEX mentions_by_person ON mentions (conversation, person, written_at);
ALTER TABLE deletions ADD COLUMN conversation TEXT NOT NULL DEFAULT '';
ALTER TABLE deletions ADD COLUMN person TEXT NOT NULL DEFAULT '';
ALTER TABLE deletions ADD COLUMN districts TEXT NOT NULL DEFAULT '[]';
ALTER TABLE deletions ADD COLUMN written_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deletions ADD COLUMN deleted_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX deletions_by_conversation ON deletions (conversation, written_at) WHERE conversation <> '';
PRAGMA user_version = 2;
`

/** What version 3 knows more than version 2: what was corrected by hand, and how often. */
const FROM_2_TO_3 = `
ALTER TABLE mentions ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
CREATE TABLE mention_corrections (tag TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (tag, seq)) WITHOUT ROWID;
CREATE INDEX corrections_by_mention ON mention_corrections (seq, tag);
PRAGMA user_version = 3;
`

const NAMED_AT_ONCE = 1000

/** Whose each mention is, as `personOf` says it: SQLite folds the case of no letter outside ASCII, and its JSON ends text at a NUL. */
function namePersons(db: Sqlite): void {
  for (let last = 0; ;) {
    const rows = db.all<{ seq: number; body: string }>(
      'SELECT seq, body FROM bodies WHERE seq > ? ORDER BY seq LIMIT ?',
      last,
      NAMED_AT_ONCE,
    )
    for (const { seq, body } of rows)
      db.run('UPDATE mentions SET person = ? WHERE seq = ?', personOf(JSON.parse(body) as IndexedMention) ?? '', seq)
    const end = rows.at(-1)
    if (end === undefined) return
    last = end.seq
  }
}

/** Makes the tables in a new file and brings those of the versions before up to date; throws if the file is of another version of this program. */
export function ensureSchema(db: Sqlite): void {
  db.transaction(() => {
    const version = db.first<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0
    if (version === SCHEMA_VERSION) return
    if (version === 1) {
      db.exec(FROM_1_TO_2)
      namePersons(db)
    }
    if (version === 1 || version === 2) {
      db.exec(FROM_2_TO_3)
      return
    }
    if (version !== 0) {
      throw new Error(
        `the mention index has schema ${version}, this program knows ${SCHEMA_VERSION}: move the file away and replay the bus`,
      )
    }
    db.exec(SCHEMA)
  })
}
