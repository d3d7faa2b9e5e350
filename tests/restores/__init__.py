"""Functions that are taken up from a SnapStart snapshot, run as Lambda's Python runtime runs them.

The real handler runs under AWS's own runtime interface client (`awslambdaric`), which asks a
stand-in for Lambda (`runtime_api`) what to do; all that it calls is behind proxies
(`breaking_proxy`) that break what was connected when the snapshot was taken, and the clocks move
on meanwhile (`runtime`).
What Lambda does is from its guide: https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html,
…/snapstart-best-practices.html (connections) and …/snapstart-runtime-hooks-python.html (hooks).
"""
