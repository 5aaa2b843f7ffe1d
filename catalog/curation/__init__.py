"""The curation layer: what people corrected in harvested entries, kept apart from what the sources
say, by element, with reason and author. What is served is the source's latest with the standing
corrections laid over.
"""
