/** GitHub's answer to what it cannot do. */
export class HttpProblem extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(message)
  }
}

/** Missing, or hidden from the caller: GitHub does not say which. */
export const notFound = (): HttpProblem =>
  new HttpProblem(404, 'Not Found', { documentation_url: 'https://docs.github.com/rest' })

/** The value, or GitHub's 404. */
export const found = <T>(value: T | null | undefined): T => {
  if (value === null || value === undefined) throw notFound()
  return value
}

export const unprocessable = (message: string): HttpProblem => new HttpProblem(422, message, { errors: [message] })
