"""Moving a directory to another database while it serves.

`capture` notes on the old one which rows change, and closes it to writers; `rows` copies and
compares; `arriving` prepares the new one; `running` puts these in their order.
"""
