"""The same turn as LangChain's users write it: one LCEL chain over its own integrations.

Principal and history from DynamoDB by boto3, as its guides do; the passages by its Pinecone store
as a retriever, the answer by its chat model; the turn is written before the answer is returned.
Kind to it: texts are not counted by tiktoken, which would first download its vocabulary, the keys
are read and every part is made while the function initialises, and nothing is traced.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from typing import Any

import boto3
from boto3.dynamodb.conditions import Key
from langchain_core.documents import Document
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder
from langchain_core.runnables import RunnablePassthrough
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from langchain_pinecone import PineconeVectorStore

SYSTEM = (
    "Answer the question from the passages alone, and cite them by their numbers, like [1]. "
    "If they do not hold the answer, write only NO_ANSWER.\n\n{passages}"
)
TTL_S = 24 * 3600
secrets = boto3.client("secretsmanager")
dynamodb = boto3.resource("dynamodb")
conversations = dynamodb.Table(os.environ["NEXUS_CONVERSATIONS_TABLE"])


def secret(variable: str) -> str:
    return str(secrets.get_secret_value(SecretId=os.environ[variable])["SecretString"])


models_key = secret("NEXUS_MODELS_SECRET")
embeddings = OpenAIEmbeddings(
    model=os.environ["NEXUS_EMBEDDING_MODEL"],
    dimensions=int(os.environ["NEXUS_EMBEDDING_DIMENSION"]),
    base_url=os.environ["NEXUS_MODELS_URL"],
    api_key=models_key,
    check_embedding_ctx_length=False,
)
model = ChatOpenAI(
    model=os.environ["NEXUS_CHAT_MODEL"],
    base_url=os.environ["NEXUS_MODELS_URL"],
    api_key=models_key,
    use_responses_api=True,
    max_tokens=2000,
    store=False,
)
store = PineconeVectorStore(
    embedding=embeddings,
    host=os.environ["NEXUS_PINECONE_HOST"],
    pinecone_api_key=secret("NEXUS_PINECONE_SECRET"),
    namespace=os.environ["BENCH_NAMESPACE"],
)
prompt = ChatPromptTemplate.from_messages(
    [("system", SYSTEM), MessagesPlaceholder("history"), ("human", "{question}")]
)


def numbered(state: dict[str, Any]) -> str:
    documents: list[Document] = state["documents"]
    return "\n\n".join(
        f"[{number}] {document.metadata['title']}\n{document.page_content}"
        for number, document in enumerate(documents, start=1)
    )


def retrieved(state: dict[str, Any]) -> list[Document]:
    found: list[Document] = store.similarity_search(state["question"], k=state["top_k"])
    return found


chain = RunnablePassthrough.assign(documents=retrieved) | RunnablePassthrough.assign(
    answer=RunnablePassthrough.assign(passages=numbered) | prompt | model | StrOutputParser()
)


def cited(state: dict[str, Any]) -> list[dict[str, Any]]:
    """The passages whose numbers the answer names."""
    return [
        {"number": number, "text": document.page_content, **document.metadata}
        for number, document in enumerate(state["documents"], start=1)
        if f"[{number}]" in state["answer"]
    ]


def history_of(conversation: str) -> list[BaseMessage]:
    found = conversations.query(
        KeyConditionExpression=Key("pk").eq(conversation), ScanIndexForward=False, Limit=6
    )
    messages: list[BaseMessage] = []
    for turn in reversed(found["Items"]):
        messages += [HumanMessage(turn["question"]), AIMessage(turn["answer"])]
    return messages


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answers one question, of a conversation if it names one."""
    asked = json.loads(event["body"])
    principal = json.loads(event["requestContext"]["authorizer"]["principal"])
    given = event["headers"].get("X-Conversation-Id")
    conversation = f"{principal['tenant']!s}#langchain#{given or uuid.uuid4().hex}"
    question = {"question": asked["message"], "top_k": asked["top_k"]}
    state = chain.invoke({**question, "history": history_of(conversation) if given else []})
    now = time.time()
    conversations.put_item(
        Item={
            "pk": conversation,
            "sk": f"turn#{int(now * 1e6)}#{uuid.uuid4().hex}",
            "question": asked["message"],
            "answer": state["answer"],
            "expires_at": int(now) + TTL_S,
        }
    )
    body = {"answer": state["answer"], "sources": cited(state), "remembered": True}
    return {"statusCode": 200, "body": json.dumps(body)}
