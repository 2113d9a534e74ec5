"""
British English.

    formats   the names that Django looks for
"""
