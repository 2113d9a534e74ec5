"""
Reads that every page needs, made cheap.

    prepared          a query compiled once and filled in many times
    sites             the site that a request is for
    public_pages      pages that anyone may read
    site_settings     settings of the site that was asked
    keyset            lists in pages, by key
    local_cache       what one process may remember, for a minute
    forgiving_cache   a Redis that may be away
"""
