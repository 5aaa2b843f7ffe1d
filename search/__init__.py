"""Finding: queries, analysis, the engine contract and its engines. Knows cards, never tables."""
