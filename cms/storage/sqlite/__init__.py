"""The database engine of the site on SQLite: Django's own, safe for commands that run beside the site."""
