"""The consistency audit: decisions that contradict each other, the law or themselves.

One module a rule, each named once in ``RULES`` (`rules.py`); what they are called and the words
they go by are data (standards/consistency.yaml). Only what is served counts: drafts, proposals and
entries that left the directory do not.
"""
