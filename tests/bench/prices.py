"""What AWS and the other companies charge: list prices of us-east-1 in dollars, as of 2026-11.

`free` is what AWS gives every account each month, without an end. SnapStart's prices for Python are
those of https://aws.amazon.com/lambda/pricing/; how they are counted (by the function's memory, for
each published version, three hours at least) is in
https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html#snapstart-pricing.
"""

from __future__ import annotations

from dataclasses import dataclass

HOURS = 730  # of a month, as AWS's own calculator has them
SECONDS = HOURS * 3600
SNAPSHOT_LEAST_S = 3 * 3600


@dataclass(frozen=True)
class Price:
    """Dollars for one unit of a thing, beyond the `free` units that an account has each month."""

    dollars: float
    unit: str
    source: str
    free: float = 0.0


_LAMBDA = "https://aws.amazon.com/lambda/pricing/"
_CLOUDWATCH = "https://aws.amazon.com/cloudwatch/pricing/"
_DYNAMODB = "https://aws.amazon.com/dynamodb/pricing/on-demand/"
_BEDROCK = "https://aws.amazon.com/bedrock/pricing/"
_S3 = "https://aws.amazon.com/s3/pricing/"

PRICES: dict[str, Price] = {
    "snapshot": Price(0.0000015046, "GB-second", _LAMBDA),
    "restore": Price(0.0001397998, "GB", _LAMBDA),
    "secret": Price(0.40, "secret", "https://aws.amazon.com/secrets-manager/pricing/"),
    "alarm": Price(0.10, "alarm", _CLOUDWATCH, free=10),
    "dashboard": Price(3.00, "dashboard", _CLOUDWATCH, free=3),
    "metric": Price(0.30, "metric", _CLOUDWATCH, free=10),
    "log": Price(0.50, "GB", _CLOUDWATCH, free=5),
    "queue": Price(0.40 / 1e6, "request", "https://aws.amazon.com/sqs/pricing/", free=1e6),
    "trace": Price(5 / 1e6, "trace", "https://aws.amazon.com/xray/pricing/", free=100_000),
    "compute": Price(0.0000133334, "GB-second", _LAMBDA, free=400_000),
    "invocation": Price(0.20 / 1e6, "invocation", _LAMBDA, free=1e6),
    "schedule": Price(1 / 1e6, "start", "https://aws.amazon.com/eventbridge/pricing/", free=14e6),
    "table": Price(0.25, "GB", _DYNAMODB, free=25),
    "recovery": Price(0.20, "GB", _DYNAMODB),
    "read": Price(0.125 / 1e6, "read", _DYNAMODB),
    "write": Price(0.625 / 1e6, "write", _DYNAMODB),
    "object": Price(0.023, "GB", _S3),
    # Of something of AWS, with HTTPS.
    "health check": Price(1.50, "check", "https://aws.amazon.com/route53/pricing/"),
    "request": Price(3.50 / 1e6, "request", "https://aws.amazon.com/api-gateway/pricing/"),
    "tokens in": Price(0.75 / 1e6, "token", "https://openai.com/api/pricing/"),
    "tokens out": Price(4.50 / 1e6, "token", "https://openai.com/api/pricing/"),
    "verifier in": Price(0.20 / 1e6, "token", "https://openai.com/api/pricing/"),
    "verifier out": Price(1.25 / 1e6, "token", "https://openai.com/api/pricing/"),
    "embedding": Price(0.02 / 1e6, "token", "https://openai.com/api/pricing/"),
    # Models on Bedrock, in the same region; Titan's embeddings cost what `embedding` says.
    "bedrock tokens in": Price(0.15 / 1e6, "token", _BEDROCK),
    "bedrock tokens out": Price(0.60 / 1e6, "token", _BEDROCK),
    "bedrock verifier in": Price(0.07 / 1e6, "token", _BEDROCK),
    "bedrock verifier out": Price(0.30 / 1e6, "token", _BEDROCK),
    # An index of up to 100,000 vectors is read whole by each query, in TB, as it is billed.
    "vector query": Price(2.50 / 1e6, "query", _S3),
    "vector read": Price(0.004, "TB", _S3),
    "vector write": Price(0.20, "GB", _S3),
    "vector stored": Price(0.06, "GB", _S3),
    "pinecone read": Price(16 / 1e6, "read unit", "https://www.pinecone.io/pricing/"),
    "pinecone write": Price(4 / 1e6, "write unit", "https://www.pinecone.io/pricing/"),
}


def cost(kind: str, quantity: float) -> float:
    """Dollars for a quantity, without what is free."""
    return PRICES[kind].dollars * quantity
