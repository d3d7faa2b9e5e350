"""Hears and speaks on this machine: speech models that are installed when they are first used."""
