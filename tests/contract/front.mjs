// One address for a kiosk under test: questions in JSON go to a mock made from the contract, files to the reference
// server of tus. `PUT /prefer` with a text makes the mock give that answer, as in "code=503".
//
// node front.mjs PORT MOCK_PORT FOLDER

import http from 'node:http'
import { FileStore } from '@tus/file-store'
import { Server } from '@tus/server'

const [port, mockPort, directory] = process.argv.slice(2)
const files = new Server({ path: '/v1/files', datastore: new FileStore({ directory }), relativeLocation: true })
let prefer = ''

const pass = (request, response) => {
  const headers = { ...request.headers, host: `127.0.0.1:${mockPort}` }
  if (prefer) headers.prefer = prefer
  const onwards = http.request(
    { host: '127.0.0.1', port: mockPort, method: request.method, path: request.url, headers },
    (answer) => {
      response.writeHead(answer.statusCode, answer.headers)
      answer.pipe(response)
    }
  )
  onwards.on('error', () => response.destroy())
  request.pipe(onwards)
}

http
  .createServer((request, response) => {
    if (request.url === '/prefer') {
      prefer = ''
      request.on('data', (text) => (prefer += text))
      request.on('end', () => response.end())
    } else if (request.url.startsWith('/v1/files')) {
      files.handle(request, response)
    } else {
      pass(request, response)
    }
  })
  .listen(port, '127.0.0.1')
