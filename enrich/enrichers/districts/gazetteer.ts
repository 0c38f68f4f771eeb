import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { packagePath } from '../../../runtime/package-root.js'
import { HashSieve } from '../../linear/hash-sieve.js'
import { addToHash, hashText } from '../../linear/hashing.js'
import type { WordTest } from '../../reading/unit-sieve.js'
import { bentForm, khowarForms, nameTokens, pashtoVariants, PLACE_LETTERS, placeLetters } from './spelling.js'

/**
 * What a name must have beside it to count: nothing; some sign that it is a place (`?` in the files: it is also an ordinary word);
 * or a plain sign, such as "district" or another place of the same district (`!`: it is far more often the ordinary word).
 */
export type Need = 'nothing' | 'sign' | 'plain-sign'

export interface Place {
  /** The districts it may be in. One: it is there. Several with `together`: a name that stands for them all. Several without: one of them. */
  readonly districts: readonly string[]
  readonly together: boolean
  /** district, tehsil, town, village, area, road, police-station, hospital, …; `nonplace` and `outside` have no districts. */
  readonly kind: string
  /** Words that, close by, say that the place is not meant. */
  readonly not: ReadonlySet<string>
  /** Words that, right after it, are a plain sign that it is meant. */
  readonly after: ReadonlySet<string>
  /** Also a family name: not the place where a given name stands before it. */
  readonly surname: boolean
}

export interface Named {
  readonly place: Place
  readonly need: Need
  /** Known elsewhere too, or only likely there: gives way to any other place (`~` in the files). */
  readonly weak: boolean
}

export interface Gazetteer {
  /** What each name means, by its words with a space between them. */
  readonly named: ReadonlyMap<string, readonly Named[]>
  /** Every beginning of a name of several words. */
  readonly beginnings: ReadonlySet<string>
  /** The first halves of names of districts and tehsils of one word, that are also written as two (`bat khela`). */
  readonly halves: ReadonlySet<string>
  /** Every word of every name, and how far from it a word of the text may be. */
  readonly vocabulary: ReadonlyMap<string, Tolerance>
  /** Names of one word that stand for themselves, for finding them inside joined words. */
  readonly singles: ReadonlySet<string>
}

/** A word of a name is looked for as it is spelt; or, if long, nearly; or, for districts, nearly from six letters on. */
export type Tolerance = 'none' | 'some' | 'most'

const TOLERANCES: readonly Tolerance[] = ['none', 'some', 'most']
const TOLERANT = new Set(['tehsil', 'town', 'area', 'bazaar', 'nonplace', 'outside', 'hospital', 'university', 'pass'])

/** Names of several words are also found written as one, from so many letters on. */
const MIN_JOINED = 6

const toleranceOf = ({ kind }: Place): Tolerance =>
  kind === 'district' ? 'most' : TOLERANT.has(kind) ? 'some' : 'none'

function parsePlace(fields: readonly string[]): Place {
  const [where = '', kind = '', , flags = ''] = fields
  const together = where.includes('+')
  const districts = where === '-' ? [] : where.split(/[+,]/)
  const flag = (name: string): ReadonlySet<string> =>
    new Set(
      flags
        .split(/\s+/)
        .flatMap((each) => (each.startsWith(`${name}=`) ? nameTokens(each.slice(name.length + 1)) : [])),
    )
  return {
    districts,
    together,
    kind,
    not: flag('not'),
    after: flag('after'),
    surname: flags.split(/\s+/).includes('surname'),
  }
}

const marksOf = (written: string): string => /^[?!~=]*/.exec(written)?.[0] ?? ''

/** Two names of a row that are the same once folded, of which only the first one's marks would count. */
function differentlyMarked(names: readonly string[]): string | undefined {
  const seen = new Map<string, string>()
  for (const written of names) {
    const folded = nameTokens(written.slice(marksOf(written).length)).join(' ')
    const twin = seen.get(folded)
    const need = (name: string): string => marksOf(name).replaceAll('=', '')
    if (twin !== undefined && need(twin) !== need(written)) return `${twin} and ${written}`
    seen.set(folded, written)
  }
  return undefined
}

/**
 * Reads gazetteer rows `district<TAB>kind<TAB>names separated by |<TAB>flags`. `district` is an id, `a,b` (one of them), `a+b` (all of them)
 * or `-` (none: a non-place or a place outside the province). A name may begin with `?`, `!` or `~` (see `Need` and `Named.weak`) or with
 * `=` (only spelt exactly so); the flags `not=word,word` and `after=word,word` are `Place.not` and `Place.after`, `surname` is `Place.surname`.
 * Throws with the file and line of the first row that it cannot read, or that gives one name different marks.
 */
export function parseGazetteer(
  files: readonly { readonly name: string; readonly text: string }[],
  districtIds: ReadonlySet<string>,
): Gazetteer {
  const building = new Building()
  for (const file of files) {
    for (const [index, line] of file.text.split('\n').entries()) {
      if (line === '' || line.startsWith('#')) continue
      const fields = line.split('\t')
      const place = parsePlace(fields)
      const unknown = place.districts.filter((id) => !districtIds.has(id))
      if (fields.length < 3 || unknown.length > 0) {
        const which = unknown.length > 0 ? `; no district ${unknown.join(', ')}` : ''
        throw new Error(`${file.name}:${index + 1}: needs district, kind and names between tabs${which}`)
      }
      const names = (fields[2] ?? '').split('|')
      const twins = differentlyMarked(names)
      if (twins !== undefined) throw new Error(`${file.name}:${index + 1}: ${twins} are one name with different marks`)
      for (const written of names) building.add(place, written)
    }
  }
  return building
}

/** A gazetteer over another one, which it leaves as it is. Its names say alone what they mean, whatever they mean below. */
export interface Extension extends Gazetteer {
  /** `written` may begin with the marks of the files. */
  add(place: Place, written: string): void
  /** The words of names that are new here, or may be misspelt more freely than below. */
  readonly learned: ReadonlySet<string>
}

/** An empty extension of `base`. */
export function extendGazetteer(base: Gazetteer): Extension {
  return new Building(base)
}

class Building implements Extension {
  readonly named: Map<string, readonly Named[]>
  readonly beginnings: Set<string>
  readonly halves: Set<string>
  readonly vocabulary: Map<string, Tolerance>
  readonly singles: Set<string>
  readonly learned = new Set<string>()
  /** What stands over a base: the first time a name is added here, what it meant there is gone. */
  readonly #own: Set<string> | undefined

  constructor(base?: Gazetteer) {
    this.named = new Map(base?.named)
    this.beginnings = new Set(base?.beginnings)
    this.halves = new Set(base?.halves)
    this.vocabulary = new Map(base?.vocabulary)
    this.singles = new Set(base?.singles)
    this.#own = base === undefined ? undefined : new Set()
  }

  add(place: Place, written: string): void {
    const marks = marksOf(written)
    const need = marks.includes('!') ? 'plain-sign' : marks.includes('?') ? 'sign' : 'nothing'
    const named: Named = { place, need, weak: marks.includes('~') }
    const tolerance = need === 'nothing' && !marks.includes('=') ? toleranceOf(place) : 'none'
    const name = written.slice(marks.length)
    for (const variant of pashtoVariants(name)) this.#addWords(nameTokens(variant), named, tolerance)
    const bent = need === 'nothing' ? bentForm(name) : undefined
    if (bent !== undefined) this.#addWords(nameTokens(bent), named, 'none')
    const ofChitral = place.districts.length > 0 && place.districts.every((id) => id.startsWith('chitral-'))
    if (ofChitral && need === 'nothing')
      for (const form of khowarForms(name)) this.#addWords(nameTokens(form), named, 'none')
  }

  #addWords(words: readonly string[], named: Named, tolerance: Tolerance): void {
    if (words.length === 0) return
    this.#insert(words.join(' '), named)
    for (const word of words) this.#learn(word, tolerance)
    let beginning = ''
    for (let at = 0; at + 1 < words.length; at++) {
      beginning += at === 0 ? (words[at] ?? '') : ` ${words[at] ?? ''}`
      this.beginnings.add(beginning)
    }
    const joined = words.join('')
    if (words.length > 1 && joined.length >= MIN_JOINED) {
      this.#insert(joined, named)
      // Short names run together are too near to ordinary words to be misspelt as well.
      this.#learn(joined, joined.length >= MIN_JOINED + 2 ? tolerance : 'none')
    }
    const certain = named.need === 'nothing' && !named.weak && named.place.districts.length > 0
    // Inside joined words too a name means what is said of it here.
    if (this.#own !== undefined && !certain) this.singles.delete(joined)
    if (!certain || tolerance === 'none') return
    this.singles.add(joined)
    if (words.length > 1 || (named.place.kind !== 'district' && named.place.kind !== 'tehsil')) return
    for (let at = 3; at <= joined.length - 3 && joined.length > MIN_JOINED; at++) this.halves.add(joined.slice(0, at))
  }

  #insert(key: string, named: Named): void {
    const isFirst = this.#own !== undefined && !this.#own.has(key)
    this.#own?.add(key)
    const known = isFirst ? undefined : this.named.get(key)
    if (known === undefined) this.named.set(key, [named])
    else if (!known.some(({ place }) => place === named.place)) this.named.set(key, [...known, named])
  }

  #learn(word: string, tolerance: Tolerance): void {
    const known = this.vocabulary.get(word)
    if (known === undefined || TOLERANCES.indexOf(tolerance) > TOLERANCES.indexOf(known)) {
      this.vocabulary.set(word, tolerance)
      if (this.#own !== undefined) this.learned.add(word)
    }
  }
}

const SHORTEST_BEGINNING = 3
const SEED = 0x811c9dc5

const mayBeMeant = ({ need, place }: Named): boolean => need !== 'plain-sign' && place.districts.length > 0

/**
 * Tells of a folded word whether it may be the name of a place of the province by itself, or begins one; that it is none, which hashes tell, costs least. What
 * the gazetteer learns later it may not tell.
 */
export function beginningsOfPlaces({ named, beginnings }: Gazetteer): WordTest {
  const sieve = new HashSieve()
  for (const [name, meant] of named) if (meant.some(mayBeMeant)) sieve.add(hashText(name, SEED))
  for (const beginning of beginnings) if (beginning.length >= SHORTEST_BEGINNING) sieve.add(hashText(beginning, SEED))
  return {
    has: (folded) => {
      const word = placeLetters(folded)
      return (
        sieve.mayHold(hashText(word, SEED)) &&
        (named.get(word)?.some(mayBeMeant) === true || (word.length >= SHORTEST_BEGINNING && beginnings.has(word)))
      )
    },
    sieve: {
      start: SEED,
      next: (hash, unit) => addToHash(hash, PLACE_LETTERS[unit] as number),
      mayBe: (hash) => sieve.mayHold(hash),
    },
  }
}

const FOLDER = 'enrich/enrichers/districts/gazetteer'

function readFiles(): { readonly name: string; readonly text: string }[] {
  const folder = packagePath(FOLDER)
  return readdirSync(folder)
    .filter((name) => name.endsWith('.tsv'))
    .sort()
    .map((name) => ({ name: `${FOLDER}/${name}`, text: readFileSync(join(folder, name), 'utf8') }))
}

/** The gazetteer of this installation: every `.tsv` file of its folder. */
export const loadGazetteer = (districtIds: ReadonlySet<string>): Gazetteer => parseGazetteer(readFiles(), districtIds)

const OUTSIDE_ROW = /^-\toutside\t([^\t\n]*)/gm

/** The names of places outside the province that need no sign beside them to be one; of those that are only spelt exactly so, and of all that are not in Latin letters (whose sounds are fewer), each word has a `=` before it. */
export const outsideNames = (): readonly string[] =>
  readFiles()
    .flatMap(({ text }) => [...text.matchAll(OUTSIDE_ROW)])
    .flatMap(([, names = '']) => names.split('|'))
    .flatMap((written) => {
      const marks = marksOf(written)
      const name = written.slice(marks.length)
      if (/[?!]/.test(marks)) return []
      return [marks.includes('=') || !/[a-z]/i.test(name) ? name.replace(/\S+/g, '=$&') : name]
    })

/** Ordinary words that a misspelt place must never be taken for, one a line. */
export function loadOrdinaryWords(): ReadonlySet<string> {
  const text = readFileSync(packagePath(`${FOLDER}/ordinary-words.txt`), 'utf8')
  return new Set(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .flatMap(nameTokens),
  )
}
