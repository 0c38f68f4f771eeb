import { statfs } from 'node:fs/promises'

const NEARLY_FULL_BYTES = 200 * 1024 * 1024
const MIB = 1024 * 1024

/** What is wrong with the disk of the data folder, in words, or undefined. */
export async function diskProblem(folder: string): Promise<string | undefined> {
  const { bavail, bsize } = await statfs(folder)
  const freeBytes = bavail * bsize
  if (freeBytes >= NEARLY_FULL_BYTES) return undefined
  return `the disk of the data folder has ${Math.floor(freeBytes / MIB)} MiB left: free some space before messages have to wait`
}
