"""What a descriptor is: profiles, code lists, identifiers, validation, formats.

Knows no database and no HTTP.
"""
