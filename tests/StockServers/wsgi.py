"""A WSGI application: gunicorn wsgi:app."""

import time


def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/events":
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        return events()

    if path == "/slow":
        time.sleep(0.4)
    elif path == "/upload":
        while environ["wsgi.input"].read(65536):
            pass

    body = b"x" * 5_000_000 if path == "/download" else b"Hello World!"
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def events():
    while True:
        yield b"data: tick\n\n"
        time.sleep(0.1)
