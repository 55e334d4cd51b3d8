// Node's http server on the socket that it inherits. It does not speak the notify protocol.
import { createServer } from 'node:http';

const server = createServer((_, response) => response.end(`Hello from process ${process.pid}\n`));
process.on('SIGTERM', () => server.close());
server.listen({ fd: 3 });
