"""
Passwords and tokens: who may try one, how often, and what is too easy to guess.

    guessing          delays that grow with wrong passwords, and never lock an owner out
    passwords         what is too common or too close to the site's own words
    repeat_password   asked for before a log-in is changed
    permissions       who may change whose log-in
    roles             what the members of a group may do, in words
    staff             who sends a request that only staff can send
    tokens            bearer tokens of staff for the API
"""
