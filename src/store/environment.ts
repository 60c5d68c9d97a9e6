/** How names of environments are compared: case-blind after Unicode NFKC, as GitHub's users read them. */
export const environmentKey = (name: string): string => name.normalize('NFKC').toLowerCase()
