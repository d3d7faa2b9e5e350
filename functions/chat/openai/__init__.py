"""OpenAI's protocol: what its clients send and expect, and what Nexus makes of it."""
