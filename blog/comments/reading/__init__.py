"""
What a visitor sees.

    queries   the comments of a page in a fixed number of queries, however many there are
    threads   comments as trees of nodes, ready for a template or JSON
    tallies   how many comments wait and how many are public, by page
"""
