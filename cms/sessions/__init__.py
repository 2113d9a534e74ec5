"""
Sessions: who is logged in, since when, by which browser, and what ends that.

    models      a row for each session; what the cookie holds is stored nowhere
    store       the SESSION_ENGINE: ends sessions by the server's clock, whatever the cookie says
    middleware  what counts as activity
    browsers    "Firefox on Linux", instead of what a browser says of itself
    actions     end one session, all others, all of a person
    old_table   sessions of the version before, emptied every hour

The key is derived from SECRET_KEY: a new one logs everyone out.
"""
