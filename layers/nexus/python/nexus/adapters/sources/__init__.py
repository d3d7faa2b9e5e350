"""Where documents can be brought from: one file for each kind of source, beside how they ask.

To add a kind: a file here with a class that implements `ports.sources.Source` and has a
`from_spec`, and its line in `nexus.wiring.connect`.
"""
