#!/bin/sh
# Starts the streaming function's server: the handler that the Lambda Web Adapter's wrapper runs.
# Lambda's own runtime, which looks into layers by itself, is not there: AWS's libraries come last.
export PYTHONPATH="$LAMBDA_TASK_ROOT:/opt/python:$PYTHONPATH:$LAMBDA_RUNTIME_DIR"
exec python3 -m functions.chat.server
