"""
How often one client may post: a token bucket for each client and each form.

    clients.of          identifies a client: a keyed digest of the network address that changes every day
    actions.take        one token, or TooManyError with the seconds to wait; give_back undoes it
    actions.take_post   the same for a public form: of an IPv6 client's /64, and of the /48 around it
    reading.take        one reading that costs, such as a search: in the cache, since a GET writes no row
    models.Bucket       in the database, so that all processes on all machines share the count

A token is taken in the transaction of the post: a post that fails costs nothing. Email addresses do not
count: otherwise a stranger could silence their owner.
"""
