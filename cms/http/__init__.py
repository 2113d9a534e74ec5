"""
Requests and answers: where they come from, what they may carry, what a browser may do with them.

    proxies        the client's address and scheme, as far as trusted proxies vouch for them
    hosts          which host a request is for
    methods        which methods a page answers
    cross_site     who may post from where
    cookies        their names and flags; an answer that sets one is never cached
    csp            what a page may load
    previews       which requests show a draft, and to whom
    outcome        what became of a form that was sent to a page
    redirects      where a browser goes next
    admin_page     who may open a page of ours in the admin, and where it is
    lost_login     words typed in the admin survive the end of a session
    quiet_log      log lines without e-mail addresses
    security_txt   /.well-known/security.txt
"""
