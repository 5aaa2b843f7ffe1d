"""The words of people and the words of officials, as data: see docs/search.md, Terms."""
