"""The service: an ASGI application without a framework."""


def answer(path: str) -> str:
    return "ok" if path == "/health" else "prism"


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    head = {"type": "http.response.start", "status": 200, "headers": []}
    body = {"type": "http.response.body", "body": answer(scope["path"]).encode()}
    await send(head)
    await send(body)
