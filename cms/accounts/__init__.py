"""
How staff log in, and what follows a change to that, wherever it is made.

    log_in         the password, its delays, and the panel that changes it
    password_reset by mail, with the same answer to everyone
    changes        a new password or address, a right taken away: sessions end, and the owner is notified
    own            the account page: one's address, which asks for password and factor
    users          the page of another user: asks administrators for password and factor; the pages of groups
    reading        readers whom a private page is not for: they log in, or learn that it is for others
    tokens         pages of API tokens: making one asks for password and factor, and notifies its owner
    session_views  lists of sessions with a button for each: one's own, and those of another user

"""
