"""The composition root: from settings to the services that each function and command needs.

The only package that imports adapters, and it does so inside functions, so that a function loads no
SDK that it does not use.
"""
