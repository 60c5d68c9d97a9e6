/**
 * A name as it is compared: case-blind, after Unicode NFKC. Environments, groups, teams and logins that are equal so are
 * the same to us, because GitHub and people tell them apart by neither.
 */
export const canonical = (name: string): string => name.normalize('NFKC').toLowerCase().normalize('NFKC')

/** Whether two names are the same name. */
export const sameName = (a: string, b: string): boolean => canonical(a) === canonical(b)

/** Cyrillic and Greek letters that look like Latin ones, and the Latin ones. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    а: 'a',
    ԁ: 'd',
    е: 'e',
    һ: 'h',
    і: 'i',
    ј: 'j',
    ӏ: 'l',
    м: 'm',
    о: 'o',
    р: 'p',
    ԛ: 'q',
    ѕ: 's',
    т: 't',
    с: 'c',
    у: 'y',
    х: 'x',
    ԝ: 'w',
    к: 'k',
    в: 'b',
    п: 'n',
    г: 'r',
    α: 'a',
    ε: 'e',
    ι: 'i',
    κ: 'k',
    ν: 'v',
    ο: 'o',
    ρ: 'p',
    τ: 't',
    υ: 'u',
    χ: 'x',
    ı: 'i',
    '0': 'o',
    '1': 'l',
  }),
)

/** A name with look-alike letters replaced and marks taken off: two names with one skeleton are easily taken for each other. */
export const skeleton = (name: string): string =>
  [
    ...canonical(name)
      .normalize('NFD')
      .replace(/\p{M}|\p{Default_Ignorable_Code_Point}|\s/gu, ''),
  ]
    .map((letter) => LOOKALIKES.get(letter) ?? letter)
    .join('')

/** What about a name could mislead a reader; `null`: nothing. */
export const misleading = (name: string): string | null => {
  if (name !== name.trim()) return 'begins or ends with a space'
  if (/\p{Default_Ignorable_Code_Point}/u.test(name)) return 'holds a character that cannot be seen'
  const scripts = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u].filter((script) =>
    script.test(name),
  )
  return scripts.length > 1 ? 'mixes letters of several scripts that look alike' : null
}
