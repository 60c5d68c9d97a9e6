import { connect, type Socket } from 'node:net'

const HEAD_END = '\r\n\r\n'

/** The status of an answer that is whole; `null`: more of it is to come. */
const statusOf = (text: string): number | null => {
  const end = text.indexOf(HEAD_END)
  if (end === -1) return null
  const length = /content-length: (\d+)/i.exec(text.slice(0, end))?.[1]
  if (length === undefined) throw new Error('an answer does not say how long it is')
  return text.length < end + HEAD_END.length + Number(length) ? null : Number(text.slice(9, 12))
}

/**
 * One connection that sends a request and reads its answer, in turn. Node's own client takes a third of a core for what
 * is measured here, which on a small machine is taken from the server.
 */
export class LoadConnection {
  readonly #socket: Socket
  #came = ''
  #waiting: { readonly resolve: (status: number) => void; readonly reject: (error: Error) => void } | null = null

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => this.#hear(text))
    socket.on('error', (error) => this.#waiting?.reject(error))
    socket.on('close', () => this.#waiting?.reject(new Error('the server closed the connection')))
  }

  static to(port: number): Promise<LoadConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1' })
      socket.once('error', reject)
      socket.once('connect', () => {
        resolve(new LoadConnection(socket))
      })
    })
  }

  /** @returns the status of the answer. */
  post(path: string, headers: string, body: Buffer): Promise<number> {
    const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: ${body.length}\r\n${headers}${HEAD_END}`
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.cork()
      this.#socket.write(head, 'latin1')
      this.#socket.write(body)
      this.#socket.uncork()
    })
  }

  end(): void {
    this.#socket.destroy()
  }

  #hear(text: string): void {
    this.#came += text
    const status = statusOf(this.#came)
    if (status === null) return
    this.#came = ''
    this.#waiting?.resolve(status)
    this.#waiting = null
  }
}
