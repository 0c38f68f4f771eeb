import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

/** Throws what a thread throws. What a thread each makes of each piece of work, in the order of the pieces; as many run at once as there are processors. A thread is begun by `file` beside this one. */
export async function inThreads<Answer>(file: string, pieces: readonly unknown[]): Promise<Answer[]> {
  const answers: Answer[] = []
  let next = 0
  const work = async () => {
    for (let at = next++; at < pieces.length; at = next++) {
      const worker = new Worker(new URL(file, import.meta.url), { workerData: pieces[at] })
      const ended = once(worker, 'exit').then(() => {
        throw new Error(`the thread of ${file} for piece ${at} ended without an answer`)
      })
      const [answer] = (await Promise.race([once(worker, 'message'), ended])) as [Answer]
      answers[at] = answer
      ended.catch(() => undefined)
      await worker.terminate()
    }
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), pieces.length) }, work))
  return answers
}
