import { writeFileSync } from 'node:fs'
import { generatedDocs } from './generated-docs.js'

for (const [path, text] of generatedDocs()) {
  writeFileSync(new URL(`../${path}`, import.meta.url), text)
  process.stdout.write(`${path}\n`)
}
