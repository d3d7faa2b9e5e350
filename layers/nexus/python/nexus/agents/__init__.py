"""Agents: who answers, with which tools, within which bounds."""
