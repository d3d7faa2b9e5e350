"""Traces by OpenTelemetry's SDK, sent to a collector by OTLP over HTTP."""
