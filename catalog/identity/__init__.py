"""Who is who: by what entries are known again, which look like one another, and the other names
under which they are found.
"""
