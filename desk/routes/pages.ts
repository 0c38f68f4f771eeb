import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { problem } from '../problem.js'

const OF_THE_API = /^\/+(api|hooks|healthz|readyz|metrics|openapi\.json)(\/|$)/

/** The pages: files of the web build, and its one HTML page for every address that is a page of its own. */
export async function pagesRoutes(app: FastifyInstance, { folder }: { folder: string }): Promise<void> {
  const page = join(folder, 'index.html')
  if (existsSync(page)) {
    await app.register(async (scope) => {
      scope.addHook('onRoute', (route) => {
        route.config = { ...route.config, access: 'public' }
        route.schema = { ...route.schema, hide: true }
      })
      await scope.register(fastifyStatic, {
        root: folder,
        wildcard: false,
        index: ['index.html'],
        cacheControl: false,
        setHeaders: (response, path) => {
          response.setHeader(
            'cache-control',
            path.startsWith(join(folder, 'assets')) ? 'public, max-age=31536000, immutable' : 'no-cache',
          )
        },
      })
    })
  }

  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    const isPage =
      (request.method === 'GET' || request.method === 'HEAD') &&
      (request.headers.accept ?? '').includes('text/html') &&
      !OF_THE_API.test(path)
    if (!isPage) return problem(reply, 404, `there is nothing at ${request.method} ${path.slice(0, 200)}`)
    if (!existsSync(page)) return problem(reply, 404, 'the pages are not built: run npm run build')
    return reply
      .header('cache-control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(await readFile(page))
  })
}
