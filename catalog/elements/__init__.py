"""Data elements (数据元): the registry, the items that carry each, who holds them, who answers for
each (一数一源), and who collects what another answers for; relations between entries.
"""
