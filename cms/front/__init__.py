"""
Between the sockets and Django: no client can hold a thread.

``application`` receives a request on the event loop (``limits`` says how long it may be, ``bodies``
collects it), runs Django (``wsgi``) in one of a few ``threads``, and leaves the answer (``answers``) to
granian, which sends it while no thread waits. A body that never comes, or an answer that is never read, costs
a socket and no more.
"""
