"""Requests: what is asked of the reviewers about an entry, on its way from a draft to a decision.

`model` says what a request is, `routes` which steps it needs, `rights` who may take them, `flow`
and `leaving` how it moves, `effects` what an acceptance does, `decisions` what is then on record,
`reading` what the reviewer's desk shows, `sweeping` what time does to it.
"""
