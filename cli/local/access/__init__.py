"""Who may call the servers that run on this machine: its own programs, and no web page.

A server on 127.0.0.1 is reached by every program of the machine, the browser among them, and a
browser sends what any page asks it to. `origins` tells the one from the other, `signatures` and
`bearer` ask for credentials that `credentials` made for this run, and `emulator` puts it together
for the local AWS. The emulator's Python has nothing of ours installed: what it imports from here
needs the standard library and botocore, no more.
"""
