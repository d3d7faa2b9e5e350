"""Spoken questions and answers: what a recording is, how its speaker sounds, and how to reply."""
