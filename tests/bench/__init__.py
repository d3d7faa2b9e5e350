"""Benchmarks run by hand: each compares Nexus with a baseline measured in the same run."""
