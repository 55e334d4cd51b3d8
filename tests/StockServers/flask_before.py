"""The counter of the twelve-factor text as it was: the development server, with its reloader, and nothing done about SIGTERM."""

import os
import time

from flask import Flask

app = Flask(__name__)


@app.route("/")
def hello():
    return "Hello World!"


@app.route("/slow")
def slow():
    time.sleep(0.4)
    return "Hello World!"


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]), debug=True)
