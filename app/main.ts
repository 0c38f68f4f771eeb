import { Command, CommanderError } from 'commander'
import { readFileSync } from 'node:fs'
import { Failure } from '../runtime/failure.js'
import { packagePath } from '../runtime/package-root.js'
import { ConfigMistakes, readConfig } from './config.js'
import type { ImportFlags } from './commands/import.js'
import type { VocabularyFlags } from './commands/vocabulary.js'
import { EXIT } from './exit-codes.js'
import type { Operations } from './operations.js'
import { STAGES, type StageName } from './stage-names.js'

const { version } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string }

/** What an exit code says of a failure. */
function codeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
  if (error instanceof ConfigMistakes) return EXIT.usage
  if (error instanceof Failure && error.reason === 'invalid-payload') return EXIT.usage
  if (error instanceof Failure && (error.reason === 'unavailable' || error.reason === 'timeout'))
    return EXIT.notReachable
  return EXIT.failed
}

/** Commands load what they need when they run: `tag` must not wait for a web server. */
function buildProgram(finish: (code: number) => void): Command {
  const program = new Command('rabta')
    .description('The real-time media desk of the Khyber Pakhtunkhwa Police')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(rabta --help lists the commands)')

  const runs = async (stages: ReadonlySet<StageName>) => {
    const { run } = await import('./run.js')
    finish(await run(readConfig(), stages, version))
  }
  const withOperations = async (work: (operations: Operations) => Promise<number>, drain = false) => {
    const { useOperations } = await import('./use-operations.js')
    finish(await useOperations(readConfig(), work, { drain }))
  }

  program
    .command('all', { isDefault: true })
    .description('everything in one process')
    .argument('[word]')
    .allowExcessArguments()
    .action((word: string | undefined) => {
      if (word !== undefined) program.error(`error: there is no command ${word}`, { exitCode: EXIT.usage })
      return runs(new Set(STAGES))
    })
  for (const stage of STAGES)
    program
      .command(stage)
      .description(`the stage ${stage} alone`)
      .action(() => runs(new Set([stage])))

  program
    .command('tag')
    .description('tag standard input, one message a line, by what comes with Rabta alone')
    .option(
      '--vocabulary',
      'also by the districts, places and words that were added on the desk of the settings',
      false,
    )
    .action(async (options: { vocabulary: boolean }) => {
      const { tag } = await import('./commands/tag.js')
      const { createEnrichers } = await import('./enrichers.js')
      if (!options.vocabulary) return finish(await tag(process.stdin, process.stdout, createEnrichers()))
      const { addedEnrichers } = await import('./commands/added-enrichers.js')
      await withOperations(async (operations) => tag(process.stdin, process.stdout, await addedEnrichers(operations)))
    })
  program
    .command('read <channel> <file>')
    .description('what a recorded payload becomes')
    .action(async (channel: string, file: string) => {
      const { read } = await import('./commands/read.js')
      finish(read(channel, file, process.stdout, process.stderr))
    })
  program
    .command('replay <file>')
    .description('feed JSON lines through the whole flow')
    .option('--after <id>', 'go on after the line of this id')
    .action(async (file: string, options: { after?: string }) => {
      const { replay } = await import('./commands/replay.js')
      const { systemClock } = await import('../runtime/clock.js')
      await withOperations(
        (operations) =>
          replay({
            file,
            afterId: options.after,
            operations,
            clock: systemClock,
            output: process.stdout,
            errors: process.stderr,
          }),
        true,
      )
    })

  program
    .command('import <file>')
    .description('take in an archive: an exported WhatsApp chat, CSV, JSON lines')
    .option('--kind <kind>', 'whatsapp-chat, csv or jsonl')
    .option('--group <name>', 'the group or archive, as it is called on the desk')
    .option('--basis <text>', 'why the cell may read it; recorded')
    .option('--by <name>', 'who asked for it; else the user of this machine')
    .option('--zone <zone>', 'of times without one', 'Asia/Karachi')
    .option('--encoding <name>', 'where the file does not say (utf-8, utf-16le, windows-1256)')
    .option('--date-order <order>', 'of a chat: dmy, mdy or ymd, where the file does not decide it')
    .option('--author <name...>', 'of a chat: a name that holds a colon')
    .option('--map <map>', 'text=Column,at=Column,… or text=.path.in.json,…')
    .option('--map-file <file>', 'the same, saved as YAML or JSON')
    .option('--delimiter <character>', 'of CSV; else found out')
    .option('--no-header', 'CSV without a first line of names: columns are #1, #2, …')
    .option('--date-format <format>', 'iso, epoch, epoch-ms or a pattern such as dd/MM/yyyy HH:mm')
    .option('--channel <channel>', 'of rows that name none')
    .option('--dry-run', 'print the form and the first ones, take nothing in', false)
    .option('--first <count>', 'how many a dry run prints', '10')
    .action(async (file: string, flags: ImportFlags) => {
      const { importFile } = await import('./commands/import.js')
      const { systemClock } = await import('../runtime/clock.js')
      const { useOperations } = await import('./use-operations.js')
      finish(
        await importFile({
          file,
          flags,
          withOperations: (work) => useOperations(readConfig(), work, { drain: true }),
          clock: systemClock,
          output: process.stdout,
          errors: process.stderr,
        }),
      )
    })

  const dead = program.command('dead').description('what nobody could process')
  dead
    .command('list')
    .option('--payload', 'with what it holds, which may be a citizen’s words', false)
    .action(async (options: { payload: boolean }) => {
      const { deadList } = await import('./commands/dead.js')
      await withOperations((operations) => deadList(operations, process.stdout, options))
    })
  dead
    .command('replay [ids...]')
    .description('put it back where it came from; all of it without ids')
    .action(async (ids: string[]) => {
      const { deadReplay } = await import('./commands/dead.js')
      await withOperations((operations) => deadReplay(operations, process.stdout, ids), true)
    })

  const user = program.command('user').description('who may sign in')
  user
    .command('add <name>')
    .option('--password-file <file>', 'a file that holds the password alone; else one is made')
    .action(async (name: string, options: { passwordFile?: string }) => {
      const { userAdd } = await import('./commands/user.js')
      await withOperations((operations) => userAdd(operations, process.stdout, name, options.passwordFile))
    })
  user.command('list').action(async () => {
    const { userList } = await import('./commands/user.js')
    await withOperations((operations) => userList(operations, process.stdout))
  })
  user.command('disable <name>').action(async (name: string) => {
    const { userDisable } = await import('./commands/user.js')
    await withOperations((operations) => userDisable(operations, process.stdout, name))
  })

  const vocabulary = program
    .command('vocabulary')
    .description('districts, places and words that were added to those that come with Rabta')
  vocabulary
    .command('list')
    .description('what was added, the newest first, and why an entry is not in use')
    .option('--retired', 'with what was retired', false)
    .option('--json', 'one JSON a line', false)
    .action(async (options: { retired: boolean; json: boolean }) => {
      const { vocabularyList } = await import('./commands/vocabulary.js')
      await withOperations((operations) => vocabularyList(operations, process.stdout, options))
    })
  vocabulary
    .command('add <kind> <spellings...>')
    .description('a district, a place, a not-a-place or a word, in all its spellings; takes effect within seconds')
    .option('--like <word>', 'of a word: the one it is read as')
    .option('--district <ids>', 'of a place: where it is, or with commas where it may be')
    .option('--place <kind>', 'of a place: town, village, area, …', 'town')
    .option('--needs <sign>', 'of a place that is also a word: sign or plain-sign')
    .option('--id <id>', 'of a district; its spellings begin with its English, Urdu and Pashto names')
    .option('--region <id>', 'of a district: its police region')
    .option('--was <id>', 'of a district: the one it was part of')
    .option('--code <letters>', 'of a district: three capital letters; else made of its name')
    .option('--whatsapp <number>', 'of a district: of its DPO')
    .option('--try <text>', 'add nothing, print how this text is tagged and how it would be')
    .option('--by <name>', 'who asked for it; else the user of this machine')
    .action(async (kind: string, spellings: string[], flags: VocabularyFlags) => {
      const { vocabularyAdd } = await import('./commands/vocabulary.js')
      await withOperations((operations) =>
        vocabularyAdd(operations, { output: process.stdout, errors: process.stderr }, { kind, spellings, flags }),
      )
    })
  vocabulary
    .command('retire <id>')
    .description('take an entry out of use; nothing is deleted')
    .option('--by <name>', 'who asked for it; else the user of this machine')
    .action(async (id: string, options: { by?: string }) => {
      const { vocabularyRetire } = await import('./commands/vocabulary.js')
      await withOperations((operations) => vocabularyRetire(operations, process.stdout, id, options.by))
    })

  program
    .command('report <day>')
    .description('the sentiment report of a day (YYYY-MM-DD in Asia/Karachi)')
    .option('--csv', 'as CSV', false)
    .option('--html', 'as a page', false)
    .action(async (day: string, options: { csv: boolean; html: boolean }) => {
      const { report } = await import('./commands/report.js')
      await withOperations((operations) => report(operations, process.stdout, day, options))
    })

  program
    .command('migrate')
    .description('bring the mentions in Elasticsearch to the mapping of this version, while all goes on')
    .option('--keep-old', 'leave the old indices there, out of use', false)
    .action(async (options: { keepOld: boolean }) => {
      const { migrate } = await import('./commands/migrate.js')
      finish(await migrate(readConfig(), process.stdout, options))
    })
  program
    .command('health')
    .description('whether the process on RABTA_HEALTH_PORT is alive, for a container')
    .action(async () => {
      const { health } = await import('./commands/health.js')
      finish(await health(readConfig(), process.stderr))
    })
  program
    .command('schemas')
    .description('every noun that travels, as JSON Schema')
    .action(async () => {
      const { schemas } = await import('./commands/schemas.js')
      finish(schemas(process.stdout))
    })
  program
    .command('check-config')
    .description('say all that is wrong with the settings')
    .action(async () => {
      const { checkConfig } = await import('./commands/check-config.js')
      finish(checkConfig(process.stdout, process.stderr))
    })
  program
    .command('doctor')
    .description('what is reachable, what is missing, what to do')
    .action(async () => {
      const { doctor } = await import('./commands/doctor.js')
      finish(await doctor(readConfig(), process.stdout))
    })
  return program
}

/**
 * Who reads what Rabta prints may go away: `| head` has enough, a reader of logs is begun anew. Neither may end a process that rings for dangers, so that
 * what nobody reads is printed to nobody.
 */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
}

async function main(): Promise<void> {
  outliveReaders()
  try {
    await buildProgram((code) => {
      process.exitCode = code
    }).parseAsync()
  } catch (error) {
    process.exitCode = codeOf(error)
    if (error instanceof CommanderError) return
    if (error instanceof ConfigMistakes || error instanceof Failure) process.stderr.write(`rabta: ${error.message}\n`)
    else throw error
  }
}

await main()
