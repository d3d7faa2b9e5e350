"""Amazon Bedrock's models."""
