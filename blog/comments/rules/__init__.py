"""
Whether a comment is taken, and whether it is published, held or spam.

    policy     what applies to one page: its own settings, else the site's
    verdicts   the rules themselves, pure: facts and limits in, verdict and reasons out
    names      names nobody may use: an address, and what staff are called in public
"""
