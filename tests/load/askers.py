"""What one asker does, for locust: asks, reads and thinks, and goes on in the same conversation.

Started by `python -m tests.load`, which names the key, the questions, the time to think and the
file in which each question is written down with what came back.
"""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path
from typing import Any

import gevent
from locust import HttpUser, constant, task
from locust.exception import StopUser

KEY = os.environ["LOAD_KEY"]
THINK_S = float(os.environ["LOAD_THINK_S"])
QUESTIONS = [
    json.loads(line)["question"]
    for line in Path(os.environ["LOAD_QUESTIONS"]).read_text(encoding="utf-8").splitlines()
]
UNTIL = float(os.environ["LOAD_UNTIL"])  # when the last question is asked
TURNS = 5  # questions of a conversation
ASKED = Path(os.environ["LOAD_ASKED"]).open("a", buffering=1, encoding="utf-8")  # noqa: SIM115


class Asker(HttpUser):  # type: ignore[misc]
    """One person; begins at a random moment of the first pause, as people do not come in step."""

    wait_time = constant(THINK_S)

    def on_start(self) -> None:
        """Waits before the first question."""
        self._conversation: str | None = None
        self._asked = 0
        self._random = random.Random()
        gevent.sleep(self._random.uniform(0, THINK_S))

    @task  # type: ignore[untyped-decorator]
    def ask(self) -> None:
        """One question, written down however it ends; none once the time is over.

        Locust would cut off what it ends, and a question cut off is not one that was lost.
        """
        if time.time() > UNTIL:
            raise StopUser
        asked: dict[str, Any] = {"question": self._random.choice(QUESTIONS), "at": time.time()}
        body = {"message": asked["question"]}
        if self._conversation:
            body["conversation_id"] = self._conversation
        headers = {"x-api-key": KEY, "cache-control": "no-cache"}
        begun = time.perf_counter()
        try:
            response = self.client.post("/v1/chat", json=body, headers=headers, name="ask")
            if response.status_code == 200:
                asked["reply"] = response.json()
            else:
                asked["failed"] = f"{response.status_code}: {response.text[:200]}"
        finally:
            asked["seconds"] = time.perf_counter() - begun
            ASKED.write(json.dumps(asked) + "\n")
        self._asked += 1
        found = asked.get("reply", {}).get("conversation_id")
        self._conversation = found if self._asked % TURNS else None
