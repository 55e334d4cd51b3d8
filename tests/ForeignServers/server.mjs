// Node's http server on the socket that it inherits. It does not speak the notify protocol.
import { createServer } from 'node:http';

let stopping = false;
const server = createServer((_, response) => {
  if (stopping) {
    response.setHeader('Connection', 'close');
  }
  response.end(`Hello from process ${process.pid}\n`);
});
process.on('SIGTERM', () => {
  // close() cuts the connections that are idle at that moment: first let them be told with their next response.
  stopping = true;
  setTimeout(() => server.close(), 200);
});
server.listen({ fd: 3 });
