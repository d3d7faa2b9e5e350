"""One module for each thing outside: it speaks an SDK on one side and a port on the other."""
