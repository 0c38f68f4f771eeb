import { Type } from '@sinclair/typebox'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { DailyReports } from '../../reports/daily-reports.js'
import { Failure } from '../../runtime/failure.js'
import type { DailyReport } from '../../schemas/report.js'
import { caller } from '../access.js'
import type { Audit } from '../audit.js'

/** The printable page is one document with its style inside, and nothing else. */
const PRINTED_PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"

export interface ReportsParts {
  readonly reports: DailyReports
  readonly toHtml: (report: DailyReport) => string
  readonly toCsv: (report: DailyReport) => string
  readonly audit: Audit
}

export function reportsRoutes(fastify: FastifyInstance, { reports, toHtml, toCsv, audit }: ReportsParts): void {
  fastify.withTypeProvider<TypeBoxTypeProvider>().get(
    '/api/reports/daily/:name',
    {
      config: { access: 'reports:read' },
      schema: {
        tags: ['reports'],
        summary: 'The sentiment report of one day in Asia/Karachi: YYYY-MM-DD as JSON, or with .html or .csv',
        params: Type.Object({ name: Type.String({ maxLength: 40 }) }),
      },
    },
    async (request, reply) => {
      const [, day, extension] = /^(\d{4}-\d\d-\d\d)(?:\.(json|html|csv|pdf))?$/.exec(request.params.name) ?? []
      if (day === undefined)
        throw new Failure('not-found', 'a report is asked for as YYYY-MM-DD, with .html or .csv if you like', {
          retryable: false,
        })
      if (extension === 'pdf')
        throw new Failure('not-found', 'the report is not to be had as PDF yet: print the .html page', {
          retryable: false,
        })
      const report = await reports.get(day)
      await audit.note(caller(request).user.username, 'read', `report ${day}`)
      switch (extension) {
        case 'html':
          return reply
            .type('text/html; charset=utf-8')
            .header('content-security-policy', PRINTED_PAGE_POLICY)
            .send(toHtml(report))
        case 'csv':
          return reply
            .type('text/csv; charset=utf-8')
            .header('content-disposition', `attachment; filename="rabta-${day}.csv"`)
            .send(toCsv(report))
        default:
          return report
      }
    },
  )
}
