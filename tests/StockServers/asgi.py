"""An ASGI application: uvicorn asgi:app."""

import asyncio


async def app(scope, receive, send):
    if scope["type"] != "http":
        return

    path = scope["path"]
    if path == "/events":
        await start(send, [(b"content-type", b"text/event-stream")])
        gone = asyncio.ensure_future(leaving(receive))
        while not gone.done():
            await send({"type": "http.response.body", "body": b"data: tick\n\n", "more_body": True})
            await asyncio.sleep(0.1)
        return

    if path == "/slow":
        await asyncio.sleep(0.4)
    elif path == "/upload":
        while (await receive()).get("more_body"):
            pass

    body = b"x" * 5_000_000 if path == "/download" else b"Hello World!"
    await start(send, [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())])
    await send({"type": "http.response.body", "body": body})


async def leaving(receive):
    while (await receive())["type"] != "http.disconnect":
        pass


async def start(send, headers):
    await send({"type": "http.response.start", "status": 200, "headers": headers})
