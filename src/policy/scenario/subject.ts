/** What a scenario is about. */
export type SubjectKind = 'change' | 'deployment' | 'push'
