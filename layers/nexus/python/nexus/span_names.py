"""The names of what spans say, from OpenTelemetry's published conventions, and our own few.

The version is 1.41.1, the last that defines `gen_ai.*` for use: from 1.42.0 on they are marked as
moved to a repository of their own, whose first release (0.1.0) has not published an address of a
schema. Those that stand here are called the same in both
(https://github.com/open-telemetry/semantic-conventions/blob/v1.41.1/docs/gen-ai/gen-ai-spans.md).
"""

from __future__ import annotations

SCHEMA_URL = "https://opentelemetry.io/schemas/1.41.1"

# Of a request. Its path is left out, though the conventions ask for it: a path holds ids of
# conversations and documents.
HTTP_METHOD = "http.request.method"
HTTP_ROUTE = "http.route"
HTTP_STATUS = "http.response.status_code"
URL_SCHEME = "url.scheme"

# Of an invocation.
FAAS_COLD_START = "faas.coldstart"
FAAS_INVOCATION = "faas.invocation_id"
FAAS_TRIGGER = "faas.trigger"
MESSAGING_SYSTEM = "messaging.system"
MESSAGING_OPERATION = "messaging.operation.type"
MESSAGING_COUNT = "messaging.batch.message_count"

# Of a call of a model.
OPERATION = "gen_ai.operation.name"
PROVIDER = "gen_ai.provider.name"
REQUEST_MODEL = "gen_ai.request.model"
INPUT_TOKENS = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
FINISH_REASONS = "gen_ai.response.finish_reasons"
SERVER_ADDRESS = "server.address"
SERVER_PORT = "server.port"

# Of an agent and its tools.
AGENT_NAME = "gen_ai.agent.name"
TOOL_NAME = "gen_ai.tool.name"
TOOL_TYPE = "gen_ai.tool.type"

# Of a call of a store.
DB_SYSTEM = "db.system.name"
DB_OPERATION = "db.operation.name"
DB_COLLECTION = "db.collection.name"

# Of whatever failed: the name of its error's type, or the status.
ERROR_TYPE = "error.type"

# Our own, for which there is no convention; as in the log lines.
REQUEST_ID = "nexus.request_id"
TENANT = "nexus.tenant"
CLIENT = "nexus.client"
STEP = "nexus.step"
OUTCOME = "nexus.outcome"
CHUNKS = "nexus.chunks"
CHUNKS_EMBEDDED = "nexus.chunks_embedded"
