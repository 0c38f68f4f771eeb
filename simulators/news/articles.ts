/** How an outlet writes its feed. */
export type NewsFormat = 'rss2' | 'atom' | 'rdf'

export interface NewsOutlet {
  /** In its addresses: lowercase letters, digits and hyphens. */
  readonly id: string
  /** Its name, as its feed says it. */
  readonly title: string
  readonly format: NewsFormat
  /** `ur`, `ps`, `en`. Default `en`. */
  readonly language?: string
  /** Charset of the document. Default `utf-8`; `windows-1256` knows Urdu only in part, and what it lacks is written as references. */
  readonly charset?: 'utf-8' | 'utf-16le' | 'windows-1256'
  readonly ttlMinutes?: number
  readonly maxAgeSeconds?: number
  /** How many articles stand in the feed. Default 30. */
  readonly keeps?: number
  /** Whether it says ETag and Last-Modified. Default both. */
  readonly validators?: 'both' | 'etag' | 'last-modified' | 'none'
}

export interface NewsArticle {
  readonly id: string
  readonly outlet: string
  /** Address of the article, which other outlets' feeds may give too. */
  readonly link: string
  readonly guid: string
  title: string
  summary: string
  readonly author: string | undefined
  readonly image: string | undefined
  readonly publishedMs: number
  updatedMs: number
  /** Whether the feed says when it was written. */
  readonly isDated: boolean
  readonly categories: readonly string[]
}

export interface PublishInput {
  /** Id of the outlet. */
  readonly outlet: string
  readonly title: string
  readonly summary?: string
  readonly author?: string
  /** Address of a picture. */
  readonly image?: string
  readonly categories?: readonly string[]
  /** Epoch milliseconds, for an article that is listed late. Default now. */
  readonly atMs?: number
  /** Other outlets whose feeds give the same article, with the tracking parameters that aggregators add. */
  readonly alsoIn?: readonly string[]
  /** Default true. */
  readonly dated?: boolean
}

interface Listing {
  readonly article: NewsArticle
  /** The outlet that wrote it, or one that gives it again. */
  readonly isOwn: boolean
}

/** Everything the outlets published, and what each feed shows of it, newest first. */
export class NewsArticles {
  readonly #articles = new Map<string, NewsArticle>()
  readonly #listings = new Map<string, Listing[]>()
  #serial = 0

  add(input: PublishInput, siteUrl: string, nowMs: number): NewsArticle {
    const serial = ++this.#serial
    const atMs = input.atMs ?? nowMs
    const article: NewsArticle = {
      id: `${input.outlet}-${serial}`,
      outlet: input.outlet,
      link: `${siteUrl}/${input.outlet}/news/${serial}`,
      guid: `${input.outlet}/${serial}`,
      title: input.title,
      summary: input.summary ?? '',
      author: input.author,
      image: input.image,
      publishedMs: atMs,
      updatedMs: atMs,
      isDated: input.dated ?? true,
      categories: input.categories ?? [],
    }
    this.#articles.set(article.id, article)
    for (const outlet of [input.outlet, ...(input.alsoIn ?? [])])
      this.#listings.set(outlet, [{ article, isOwn: outlet === input.outlet }, ...(this.#listings.get(outlet) ?? [])])
    return article
  }

  edit(id: string, change: { title?: string; summary?: string }, nowMs: number): void {
    const article = this.#articles.get(id)
    if (article === undefined) throw new Error(`no article ${id}`)
    article.title = change.title ?? article.title
    article.summary = change.summary ?? article.summary
    article.updatedMs = nowMs
  }

  remove(id: string): void {
    this.#articles.delete(id)
    for (const [outlet, list] of this.#listings)
      this.#listings.set(
        outlet,
        list.filter(({ article }) => article.id !== id),
      )
  }

  listed(outlet: string, limit: number): readonly Listing[] {
    return (this.#listings.get(outlet) ?? []).slice(0, limit)
  }

  all(): readonly NewsArticle[] {
    return [...this.#articles.values()]
  }
}
