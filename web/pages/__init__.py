"""The pages for people; every page works without scripts."""
