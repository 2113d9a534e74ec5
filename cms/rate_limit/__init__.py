"""
How often one client may post: a token bucket for each client and each form.

    clients.of      who is asking: a keyed digest of the network address that changes every day
    actions.take    one token, or TooManyError with the seconds to wait
    models.Bucket   kept in the database, so that every process on every machine counts alike

A bucket is taken from in the transaction of the post: a post that fails costs nothing. Addresses of people
play no part: that would let a stranger silence their owner.
"""
