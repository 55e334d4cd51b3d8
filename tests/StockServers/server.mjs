// node server.mjs PORT [close]: with close, SIGTERM calls server.close(), as the documentation of Node shows it.
import { createServer } from 'node:http';

const body = 'x'.repeat(5_000_000);
const server = createServer((request, response) => {
  switch (request.url) {
    case '/slow':
      return setTimeout(() => response.end('Hello World!'), 400);
    case '/download':
      return response.end(body);
    case '/upload':
      return request.resume().on('end', () => response.end('Hello World!'));
    case '/events': {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      const timer = setInterval(() => response.write('data: tick\n\n'), 100);
      return response.on('close', () => clearInterval(timer));
    }
    default:
      return response.end('Hello World!');
  }
});
if (process.argv[3] === 'close') {
  process.on('SIGTERM', () => server.close());
}
server.listen(Number(process.argv[2]), '127.0.0.1');
