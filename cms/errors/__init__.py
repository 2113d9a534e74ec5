"""
How the site says no, to people and to programs.

    pages               400, 403 and 404, without reading the body
    problems            RFC 9457 problem details, for the API
    impossible_values   a request for what cannot exist, such as an id of twenty digits: refused, never a 500
    too_many            429, with when to try again
    outage              503 while the database is away
"""
