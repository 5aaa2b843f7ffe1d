"""Other nodes like this one: reading their signed changes, following them, and asking them along in
a search."""
