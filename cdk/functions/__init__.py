"""What each Lambda function is: one file says its size, layers, variables, rights and triggers.

To add one: a file here whose `add` puts it into a stack, and its line in `cdk/service_stack.py`.
Beside them stands what they share: the construct that each of them is (`lambda_function`), layers,
variables, rights, the routes by which the API starts them, and runs on a schedule.
"""
