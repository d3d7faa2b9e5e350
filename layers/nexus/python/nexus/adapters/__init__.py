"""What lies outside, one room for each technology: the only place that knows SDKs.

Uses `ports`, `models`, `errors` and its own SDK, whose exceptions become ours here.
"""
