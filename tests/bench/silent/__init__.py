"""Modules that stand in for ours where what they do is to be measured."""
