import { expect, it } from 'vitest'
import { createCursorStore } from '../../ingest/cursor-store.js'
import { Failure } from '../../runtime/failure.js'
import { FakeClock } from '../support/fake-clock.js'
import { openTestRecords } from '../support/test-records.js'

it('keeps one cursor a source, the last one saved; records that are away are a failure that may pass', async () => {
  const { records } = await openTestRecords()
  const store = createCursorStore(records, new FakeClock())
  expect(await store.load('x-mentions')).toBeUndefined()
  await store.save('x-mentions', '{"sinceId":"1"}')
  await store.save('x-mentions', '{"sinceId":"2"}')
  await store.save('x-search', '{"sinceId":"9"}')
  expect(await store.load('x-mentions')).toBe('{"sinceId":"2"}')
  expect(await store.load('x-search')).toBe('{"sinceId":"9"}')
  await records.destroy()
  const failing: unknown = await store.save('x-search', 'a').catch((error: unknown) => error)
  expect(failing).toBeInstanceOf(Failure)
  expect(failing).toMatchObject({ retryable: true })
})
