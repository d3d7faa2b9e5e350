"""The turn of `langchain_handler`, its conversation kept as LangChain's own guide keeps one.

The guide "How to add message history" wraps the chain into RunnableWithMessageHistory, and the page
"AWS DynamoDB" names DynamoDBChatMessageHistory of langchain-community for it: the history is read
before every turn, and read again and written whole after it. Kind to it: the AWS session is made
while the function initialises.
"""

from __future__ import annotations

import itertools
import json
import os
from typing import Any

import boto3
from langchain_community.chat_message_histories import DynamoDBChatMessageHistory
from langchain_core.runnables.history import RunnableWithMessageHistory
from langchain_handler import TTL_S, chain, cited

session = boto3.Session()
# New conversations are numbered: what one run read of one is replayed to the others.
numbers = itertools.count()


def history_of(conversation: str) -> DynamoDBChatMessageHistory:
    return DynamoDBChatMessageHistory(
        table_name=os.environ["NEXUS_CONVERSATIONS_TABLE"],
        session_id=conversation,
        key={"pk": conversation, "sk": "history"},
        boto3_session=session,
        ttl=TTL_S,
        ttl_key_name="expires_at",
        history_size=12,
    )


remembering = RunnableWithMessageHistory(
    chain,
    history_of,
    input_messages_key="question",
    history_messages_key="history",
    output_messages_key="answer",
)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answers one question, of a conversation if it names one."""
    asked = json.loads(event["body"])
    principal = json.loads(event["requestContext"]["authorizer"]["principal"])
    given = event["headers"].get("X-Conversation-Id")
    conversation = f"{principal['tenant']!s}#langchain history#{given or next(numbers)}"
    state = remembering.invoke(
        {"question": asked["message"], "top_k": asked["top_k"]},
        {"configurable": {"session_id": conversation}},
    )
    body = {"answer": state["answer"], "sources": cited(state), "remembered": True}
    return {"statusCode": 200, "body": json.dumps(body)}
