"""OAI-PMH 2.0, as provider: `arguments` (what is asked), `sets`, `formats`, `tokens`, `answers`
(what is told), and `provider`, where these meet. The public is the only reader.
"""
