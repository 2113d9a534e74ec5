"""
Checks that ADDRESS_KEYS includes the key that this database was sealed with.

    models.Canary   one sealed row, created at the first start
    guard           can ADDRESS_KEYS read it? Used by `serve`, `deliver`, `manage.py check` and `/readyz`

A database that was restored without its keys serves every page, but the site can email no one.
"""
