"""Understanding: what the parts of a query are, so that they can be offered as filters.

Nothing here searches by itself or changes what was asked: a reading is an offer beside the results.
"""
