import type { Figure } from './measure.js'

/** The figures as a page of Markdown. */
export const reportOf = (figures: readonly Figure[], machine: string, at: Date): string =>
  `# Measured\n\n${at.toISOString().slice(0, 10)}, on: ${machine}. Written by \`npm run bench -- --write\`.\n\n${figures.map(section).join('\n')}`

const section = ({ part, figure, bar, met, how }: Figure): string =>
  `## ${part}\n\n**${figure}**${bar === null ? '' : `; must be ${bar}: ${met ? 'met' : 'missed'}`}.\n\n${how}\n`
