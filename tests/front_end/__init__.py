"""A chat front end that people run, on the local stack; by hand (`python -m tests.front_end`)."""
