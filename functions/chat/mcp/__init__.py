"""The Model Context Protocol: Nexus as a server of tools for any agent."""
