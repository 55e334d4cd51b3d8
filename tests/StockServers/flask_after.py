"""The same as the text changed it: the server in a process of its own, which the handler of SIGTERM terminates."""

import os
import signal
import sys
from multiprocessing import Process

from flask_before import app


def run_server():
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]), debug="no-reloader" not in sys.argv)


def server_handler(signum, frame):
    server.terminate()
    server.join()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, server_handler)
    server = Process(target=run_server)
    server.start()
