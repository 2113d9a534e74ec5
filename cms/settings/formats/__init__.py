"""
How dates are written where Django's own way is not ours: a package for each language.

    en_GB   the month in full, and hours up to 24
"""
