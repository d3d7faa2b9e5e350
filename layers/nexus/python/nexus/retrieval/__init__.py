"""From a question to ranked passages, and to the probability that they hold the answer.

Uses `models`, `errors`, `settings`, `ports`, `text`.
"""
