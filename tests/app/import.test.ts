import fc from 'fast-check'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { importFile, type ImportFlags, type ImportOperations } from '../../app/commands/import.js'
import type { Operations } from '../../app/operations.js'
import { createImports } from '../../ingest/archive/imports.js'
import { prepareIntake, publishIntake } from '../../ingest/publish.js'
import { Failure } from '../../runtime/failure.js'
import { createMetrics } from '../../runtime/metrics.js'
import type { Records } from '../../runtime/records/tables.js'
import type { Change } from '../../schemas/mention.js'
import { FakeClock } from '../support/fake-clock.js'
import { MemoryBus } from '../support/memory-bus.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { openTestRecords } from '../support/test-records.js'

const BASIS = 'run by the media cell with notice to its members'
const FLAGS: ImportFlags = { kind: 'whatsapp-chat', group: 'Press', basis: BASIS, by: 'test', zone: 'Asia/Karachi', header: true, dryRun: false, first: '10' } // prettier-ignore

const clock = new FakeClock()
let folder: ReturnType<typeof temporaryFolder>
let records: Records
let bus: MemoryBus
let printed: string
let said: string

beforeEach(async () => {
  folder = temporaryFolder()
  records = (await openTestRecords()).records
  bus = new MemoryBus()
})
afterEach(async () => {
  await records.destroy()
  folder.remove()
})

type Asked = Pick<Operations, 'lag'> & ImportOperations

/** What a desk does for an import; `mayDie` throws as a kill would end it, before or after the bus has a batch. */
function desk(mayDie: (when: 'before' | 'between' | 'after') => void = () => undefined): Asked {
  const imports = createImports({ records, clock })
  const metrics = createMetrics()
  return {
    lag: async () => ({ index: 0 }),
    beginImport: (start) => imports.begin(start),
    takeImport: async (id, intake, progress, isDone) => {
      mayDie('before')
      const at = clock.iso()
      await publishIntake(prepareIntake(intake, at), { bus, metrics, stage: 'replay', at })
      mayDie('between')
      await imports.save(id, progress, isDone)
      mayDie('after')
    },
  }
}

async function run(file: string, flags: Partial<ImportFlags> = {}, operations: Asked = desk()): Promise<number> {
  const output = new PassThrough()
  const errors = new PassThrough()
  printed = ''
  said = ''
  output.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  errors.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return importFile({
    file,
    flags: { ...FLAGS, ...flags },
    withOperations: (work) => work(operations),
    clock,
    output,
    errors: errors as unknown as NodeJS.WriteStream,
  })
}

const write = (name: string, text: string | Buffer): string => {
  const path = join(folder.path, name)
  writeFileSync(path, text)
  return path
}
const collected = () => (bus.values('mentions.collected') as Change[]).flatMap((change) => (change.type === 'deleted' ? [] : [change.mention])) // prettier-ignore

const line = (number: number) => `${String(13 + (number % 15)).padStart(2, '0')}/0${1 + Math.floor(number / 150)}/25, ${String(Math.floor((number % 150) / 10)).padStart(2, '0')}:05 - A: message ${number}` // prettier-ignore

describe('rabta import', () => {
  it('takes a group’s chat in, and records who, why, what and how many', async () => {
    const text =
      '31/12/24, 9:04 PM - Gul left\n31/12/24, 9:05 PM - A: سلام\n31/12/24, 9:06 PM - A: This message was deleted\n'
    expect(await run(write('chat.txt', text))).toBe(0)
    expect(collected().map(({ text: words, source }) => [words, source])).toEqual([['سلام', 'archive:Press']])
    expect(printed).toContain('3 read, 1 taken, 2 left out, 0 set aside')
    expect(printed).toContain('left out 1: a message that was deleted')
    const row = await records.selectFrom('imports').selectAll().executeTakeFirstOrThrow()
    expect(row).toMatchObject({
      file_name: 'chat.txt',
      kind: 'whatsapp-chat',
      group_name: 'Press',
      basis: BASIS,
      requested_by: 'test',
      position: 3,
      taken: 1,
      set_aside: 0,
      finished_at: clock.iso(),
    })
    expect(row.file_hash).toMatch(/^[0-9a-f]{64}$/)
    const audit = await records.selectFrom('audit').selectAll().orderBy('seq').execute()
    expect(audit.map(({ actor, action }) => [actor, action])).toEqual([
      ['test', 'import begun'],
      ['test', 'import finished'],
    ])
    expect(audit[0]?.detail).toContain(BASIS)
    expect(JSON.stringify(audit)).not.toContain('سلام')
  })

  it('does nothing for a file that is in already', async () => {
    const file = write('chat.txt', '31/12/24, 9:05 PM - A: x')
    await run(file)
    expect(await run(file)).toBe(0)
    expect(printed).toContain('imported already')
    expect(collected()).toHaveLength(1)
  })

  it.each([
    [{ basis: '' }, '--basis'],
    [{ basis: 'because' }, '--basis'],
    [{ group: ' ' }, '--group'],
    [{ kind: 'fax' }, '--kind'],
    [{ zone: 'Asia/Nowhere' }, 'no time zone'],
    [{ dateOrder: 'xyz' }, 'dmy, mdy or ymd'],
  ])('refuses %j as wrong use', async (flags, words) => {
    const failure = await run(write('chat.txt', '31/12/24, 9:05 PM - A: x'), flags).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Failure)
    expect(failure).toMatchObject({ reason: 'invalid-payload' })
    expect((failure as Failure).message).toContain(words)
    expect(collected()).toEqual([])
  })

  it('refuses a zip and an ambiguous chat with what to do, and takes nothing', async () => {
    await expect(run(write('chat.zip', Buffer.from('PK\u0003\u0004rest')))).rejects.toThrow('unpack it')
    await expect(run(write('chat.txt', '01/02/25, 9:05 PM - A: x'))).rejects.toThrow('--date-order')
    expect(await records.selectFrom('imports').selectAll().execute()).toEqual([])
  })

  it('shows in a dry run the form and the first ones, and takes nothing', async () => {
    const file = write('chat.txt', [line(1), line(2), line(3)].join('\n'))
    expect(await run(file, { dryRun: true, first: '2' }, undefined)).toBe(0)
    expect(said).toContain('dates dmy, 24 hours')
    expect(printed.split('\n').filter((text) => text.startsWith('{'))).toHaveLength(2)
    expect(printed).toContain('3 taken')
    expect(collected()).toEqual([])
  })

  it('reads UTF-16, and windows-1256 where it is said', async () => {
    await run(write('a.txt', Buffer.from('\ufeff31/12/24, 9:05 PM - A: سلام', 'utf16le')))
    await run(write('b.txt', Buffer.from('31/12/24, 9:06 PM - A: خبر', 'utf16le')), { group: 'Other' })
    const arabic = Buffer.concat([Buffer.from('31/12/24, 9:07 PM - A: '), Buffer.from([0xd3, 0xe1, 0xc7, 0xe3])])
    await run(write('c.txt', arabic), { encoding: 'windows-1256' })
    expect(collected().map(({ text }) => text)).toEqual(['سلام', 'خبر', 'سلام'])
  })

  it('goes on after a kill anywhere, with nothing lost and nothing twice', async () => {
    const lines = Array.from({ length: 800 }, (_, number) => line(number))
    lines.sort((one, other) => stampOf(one).localeCompare(stampOf(other)))
    const file = write('chat.txt', `${lines.join('\n')}\n`)
    const kills = fc.array(fc.tuple(fc.nat({ max: 5 }), fc.constantFrom('before', 'between', 'after')), {
      maxLength: 5,
    })
    await fc.assert(
      fc.asyncProperty(kills, async (planned) => {
        bus = new MemoryBus()
        await records.deleteFrom('imports').execute()
        for (const [batch, when] of planned) {
          let seen = 0
          const dying = desk((at) => {
            if (at === when && seen++ === batch) throw new Error('killed')
          })
          await run(file, {}, dying).catch((error: unknown) => expect((error as Error).message).toBe('killed'))
        }
        expect(await run(file)).toBe(0)
        const ids = collected().map(({ id }) => id)
        expect(new Set(ids).size).toBe(800)
        // Only the batch that the bus had and the records had not comes again, under the same ids.
        expect(ids.length - 800).toBeLessThanOrEqual(200 * planned.filter(([, when]) => when === 'between').length)
        const row = await records.selectFrom('imports').selectAll().executeTakeFirstOrThrow()
        expect(row).toMatchObject({ position: 800, taken: 800 })
      }),
      { seed: 3, numRuns: 10 },
    )
  }, 120_000)
})

const stampOf = (text: string) => `${text.slice(3, 5)}${text.slice(0, 2)}${text.slice(10, 15)}`

describe('CSV', () => {
  const csv = { kind: 'csv', map: 'text=Message,author=User,at=Date,channel=Platform,id=Id,url=Link' }
  it('becomes mentions by its map, and rows that do not fit are set aside with their lines', async () => {
    const text = [
      'Id,Platform,User,Date,Message,Link,Extra',
      '1,Twitter,Gul,2025-01-31 21:05,"سڑک، بند",https://x.example/1,a',
      '2,Facebook,Asad,2025-01-31T16:05:00Z,"two\nlines ""quoted""",javascript:alert(1),b',
      '3,Fax,Asad,2025-01-31T16:05:00Z,three,,c',
      '4,SMS,Asad,yesterday,four,,d',
      '5,SMS,Asad,2025-01-31T16:05:00Z,,,e',
      '6,SMS,Asad,2025-01-31T16:05:00Z,too,many,cells,here',
      '7,SMS,"Asad,2025-01-31T16:05:00Z,never closed,,f',
      '8,SMS,Bilal,2025-01-31T16:06:00Z,say "hi" 5" pipe,,g',
    ].join('\r\n')
    expect(await run(write('a.csv', `\ufeff${text}`), csv)).toBe(1)
    expect(
      collected().map((mention) => [
        mention.id,
        mention.channel,
        mention.author.name,
        mention.text,
        mention.writtenAt,
        mention.url,
      ]),
    ).toEqual([
      ['archive:Press:1', 'x', 'Gul', 'سڑک، بند', '2025-01-31T16:05:00.000Z', 'https://x.example/1'],
      ['archive:Press:2', 'facebook', 'Asad', 'two\nlines "quoted"', '2025-01-31T16:05:00.000Z', null],
      ['archive:Press:8', 'sms', 'Bilal', 'say "hi" 5" pipe', '2025-01-31T16:06:00.000Z', null],
    ])
    expect(printed).toContain('8 read, 3 taken, 1 left out, 4 set aside')
    for (const part of ['line 5: it names a channel', 'line 6: its date', 'line 8: it has 8 cells', 'line 9: a quote'])
      expect(said).toContain(part)
    expect(bus.values('mentions.dead')).toHaveLength(4)
  })

  it.each([
    [';', 'Date;Message\n31/01/2025 21:05;one, two\n', 'dd/MM/yyyy HH:mm', '2025-01-31T16:05:00.000Z'],
    ['tab', 'Date\tMessage\n1738339500\tone, two\n', 'epoch', '2025-01-31T16:05:00.000Z'],
    ['|', 'Date|Message\n1738339500000|one, two\n', 'epoch-ms', '2025-01-31T16:05:00.000Z'],
    [',', 'Date,Message\n"31 Jan 2025, 9:05 PM","one, two"\n', 'd MMM yyyy, h:mm a', '2025-01-31T16:05:00.000Z'],
    [',', 'Date,Message\n۳۱/۰۱/۲۰۲۵ ۲۱:۰۵,"one, two"\n', 'dd/MM/yyyy HH:mm', '2025-01-31T16:05:00.000Z'],
  ])('divided by %s, dates as stated', async (_divided, text, dateFormat, at) => {
    expect(
      await run(write('a.csv', text), { kind: 'csv', map: 'text=message,at=Date', channel: 'sms', dateFormat }),
    ).toBe(0)
    expect(collected()).toMatchObject([{ text: 'one, two', writtenAt: at, source: 'archive:Press' }])
  })

  it('without ids has the same ones again, also where another export overlaps', async () => {
    const flags = { kind: 'csv', map: 'text=#2,at=#1', header: false, channel: 'sms' }
    const rows = ['2025-01-31T16:05:00Z,a', '2025-01-31T16:05:00Z,a', '2025-01-31T16:06:00Z,b']
    await run(write('a.csv', rows.join('\n')), flags)
    await run(write('b.csv', [...rows.slice(1), '2025-01-31T16:07:00Z,c'].join('\n')), flags)
    expect(collected()).toHaveLength(6)
    expect(new Set(collected().map(({ id }) => id)).size).toBe(4)
  })

  it.each([
    ['text=Nothing', 'no column "Nothing"'],
    ['author=User', 'no column for text'],
    ['text=Message,colour=Red', 'no field colour'],
    ['Message', 'no part of a map'],
  ])('refuses the map %s', async (map, words) => {
    await expect(run(write('a.csv', 'User,Message\nA,b\n'), { kind: 'csv', map })).rejects.toThrow(words)
  })

  it('takes a saved map', async () => {
    const mapFile = write('map.yaml', 'text: "Message, in full"\nat: Date\n')
    expect(
      await run(write('a.csv', '"Message, in full",Date\nx,2025-01-31\n'), { kind: 'csv', mapFile, channel: 'news' }),
    ).toBe(0)
    expect(collected()).toMatchObject([{ text: 'x', kind: 'article', writtenAt: '2025-01-30T19:00:00.000Z' }])
  })

  it('is read to its end whatever stands in it', async () => {
    const cell = fc.oneof(
      fc.constantFrom('"', '""', 'a', ',', '\n', '"a"', ' "', 'é', '\r\n', ';'),
      fc.string({ maxLength: 6 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { maxLength: 40 }), async (cells) => {
        bus = new MemoryBus()
        await records.deleteFrom('imports').execute()
        const file = write('a.csv', `Message,Id\n${cells.join('')}\n${'\n'.repeat(2)}the last,z\n`)
        await run(file, { kind: 'csv', map: 'text=Message,id=Id', channel: 'sms', delimiter: ',' })
        const dead = JSON.stringify(bus.values('mentions.dead'))
        expect(collected().some(({ text }) => text.includes('the last')) || dead.includes('the last')).toBe(true)
      }),
      { seed: 9, numRuns: 150 },
    )
  })
})

describe('JSON lines', () => {
  it('are what replay takes, with its ids, or found by paths', async () => {
    const plain = write('a.jsonl', '{"id":7,"text":"a","channel":"sms"}\n{\n\n{"id":8,"text":"b"}\n')
    expect(await run(plain, { kind: 'jsonl' })).toBe(1)
    expect(collected().map(({ id, source }) => [id, source])).toEqual([
      ['replay:7', 'archive:Press'],
      ['replay:8', 'archive:Press'],
    ])
    expect(said).toContain('line 2: not JSON')
    bus = new MemoryBus()
    const nested = write('b.jsonl', '{"body":{"text":"آگ"},"from":[{"name":"Gul"}],"t":1738339500}\n{"body":{}}\n{"body":{"__proto__":{"text":"no"}}}\n') // prettier-ignore
    const map = 'text=.body.text,author=.from.0.name,at=.t'
    expect(await run(nested, { kind: 'jsonl', map, channel: 'facebook' })).toBe(1)
    expect(collected()).toMatchObject([{ text: 'آگ', author: { name: 'Gul' }, writtenAt: '2025-01-31T16:05:00.000Z' }])
    expect(said).toContain('line 2: no words where the map says')
  })
})
