"""For gunicorn, which takes the sockets of LISTEN_FDS and says READY=1 by itself: gunicorn app:app."""

import os


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"Hello from process {os.getpid()}\n".encode()]
