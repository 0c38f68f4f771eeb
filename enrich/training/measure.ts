export interface Measure {
  readonly rows: number
  readonly accuracy: number
  readonly macroF1: number
  readonly byLabel: readonly { label: string; rows: number; precision: number; recall: number; f1: number }[]
  /** `truth>answer`, most frequent first. */
  readonly confusions: readonly { pair: string; rows: number }[]
}

/** Macro F1 is the plain mean over the labels that occur as truth. */
export function measure(pairs: readonly { truth: string; answer: string }[]): Measure {
  const labels = [...new Set(pairs.map(({ truth }) => truth))].sort()
  const byLabel = labels.map((label) => {
    const rows = pairs.filter(({ truth }) => truth === label).length
    const right = pairs.filter(({ truth, answer }) => truth === label && answer === label).length
    const answered = pairs.filter(({ answer }) => answer === label).length
    const precision = answered === 0 ? 0 : right / answered
    const recall = rows === 0 ? 0 : right / rows
    return { label, rows, precision, recall, f1: right === 0 ? 0 : (2 * precision * recall) / (precision + recall) }
  })
  const wrong = new Map<string, number>()
  for (const { truth, answer } of pairs) {
    if (truth !== answer) wrong.set(`${truth}>${answer}`, (wrong.get(`${truth}>${answer}`) ?? 0) + 1)
  }
  return {
    rows: pairs.length,
    accuracy: pairs.filter(({ truth, answer }) => truth === answer).length / Math.max(1, pairs.length),
    macroF1: byLabel.reduce((sum, { f1 }) => sum + f1, 0) / Math.max(1, byLabel.length),
    byLabel,
    confusions: [...wrong].map(([pair, rows]) => ({ pair, rows })).sort((a, b) => b.rows - a.rows),
  }
}

export function printMeasure(title: string, { rows, accuracy, macroF1, byLabel, confusions }: Measure): void {
  console.log(`${title}: ${rows} rows, accuracy ${accuracy.toFixed(4)}, macro F1 ${macroF1.toFixed(4)}`)
  for (const { label, rows: of, precision, recall, f1 } of byLabel) {
    console.log(
      `  ${label.padEnd(8)} ${String(of).padStart(5)}  P ${precision.toFixed(3)}  R ${recall.toFixed(3)}  F1 ${f1.toFixed(3)}`,
    )
  }
  console.log(
    `  confusions: ${confusions
      .slice(0, 14)
      .map(({ pair, rows: of }) => `${pair} ${of}`)
      .join(', ')}`,
  )
}
