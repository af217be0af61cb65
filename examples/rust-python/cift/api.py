"""The service: asks the engine for the best price."""

import subprocess

from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health() -> str:
    return "ok"


@app.post("/best")
def best(prices: list[int]) -> int:
    lines = "\n".join(map(str, prices))
    done = subprocess.run(["bin/engine"], input=lines, capture_output=True, check=True, text=True)
    return int(done.stdout)
