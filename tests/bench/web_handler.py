"""FastAPI and Mangum alone, with a body as large as an answer: the baseline of the overhead."""

from __future__ import annotations

from fastapi import FastAPI
from mangum import Mangum
from pydantic import BaseModel

TEXT = "word " * 400


class Question(BaseModel):
    """What is asked."""

    message: str
    top_k: int | None = None


class Reply(BaseModel):
    """What is answered."""

    answer: str
    question: str


app = FastAPI()


@app.post("/v1/chat")
async def chat(body: Question) -> Reply:
    """Answers a constant."""
    return Reply(answer=TEXT, question=body.message)


@app.get("/health")
async def health() -> dict[str, str]:
    """Answers a constant."""
    return {"status": "ok"}


handler = Mangum(app, lifespan="off", text_mime_types=["text/", "application/json"])
