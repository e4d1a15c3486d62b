import { describe, expect, it } from 'vitest'
import { countReport, sum, type Report } from '../../scripts/report.ts'

function report(changes: Partial<Report>): Report {
  const none = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] }
  return { ...none, ...changes }
}

describe('the last line of npm test', () => {
  it('counts tests that passed, failed and were left out', () => {
    const ran = report({ numPassedTests: 5, numFailedTests: 2, numPendingTests: 3, numTodoTests: 1 })
    expect(countReport(ran, 1)).toEqual({ passed: 5, failed: 2, skipped: 4 })
  })

  it('counts a file that does not load as one failure', () => {
    const ran = report({ numPassedTests: 5, testResults: [{ status: 'failed', assertionResults: [] }] })
    expect(countReport(ran, 1).failed).toBe(1)
  })

  it('counts a file with a failed test by its tests alone', () => {
    const file = { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] }
    expect(countReport(report({ numFailedTests: 1, testResults: [file] }), 1).failed).toBe(1)
  })

  it('counts a file whose teardown fails after its tests passed', () => {
    const file = { status: 'failed', assertionResults: [{ status: 'passed' }] }
    expect(countReport(report({ numPassedTests: 1, testResults: [file] }), 1).failed).toBe(1)
  })

  it('counts an error outside every test, known by the exit code alone', () => {
    expect(countReport(report({ numPassedTests: 5 }), 1)).toEqual({ passed: 5, failed: 1, skipped: 0 })
  })

  it('counts a run without a report as a failure', () => {
    expect(countReport(undefined, 0).failed).toBe(1)
  })

  it('adds the stages up', () => {
    const stages = [
      { passed: 0, failed: 1, skipped: 0 },
      { passed: 7, failed: 2, skipped: 3 },
    ]
    expect(sum(stages)).toEqual({ passed: 7, failed: 3, skipped: 3 })
  })
})
